import { Breakage } from "@towpath/core";
import { parseReport } from "@towpath/kit";
import { z } from "zod";

/** On which implementation that does nothing a test ran; `load` is the component's own code. */
export type ProofMode = "empty" | "raises" | "sentinel" | "load";

/** A test that was collected, with one set of parameters. */
export interface ProofItem {
  /** Without parameters, relative to the repository root. */
  readonly id: string;
  /** pytest's node id. */
  readonly node: string;
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** Ids of requirements, as the marker `spec` names them. */
  readonly spec: readonly string[];
}

/** One report about a test. */
export interface ProofReport {
  readonly mode: ProofMode;
  readonly node: string;
  readonly when: "setup" | "call" | "teardown";
  readonly outcome: "passed" | "failed" | "skipped" | "rerun";
  readonly xfail: boolean;
  /** Whether a process was started or a connection made. */
  readonly outside: boolean;
  readonly message: string | undefined;
}

/** What the plugin wrote. */
export interface ProofLog {
  readonly pytest: string;
  readonly items: readonly ProofItem[];
  readonly reports: readonly ProofReport[];
  readonly collectErrors: readonly { readonly node: string; readonly message: string }[];
  /** Modules of the component that were loaded before they could be replaced. */
  readonly strange: readonly string[];
  /** Absent when pytest did not come to its end. */
  readonly finish: { readonly exit: number; readonly collected: number } | undefined;
}

const records = z.array(
  z.discriminatedUnion("t", [
    z.strictObject({ t: z.literal("start"), v: z.literal(1), pytest: z.string().min(1) }),
    z.strictObject({
      t: z.literal("item"),
      id: z.string().min(1),
      node: z.string().min(1),
      file: z.string().min(1),
      line: z.int().min(1),
      spec: z.array(z.string()),
    }),
    z.strictObject({ t: z.literal("collect_error"), node: z.string(), msg: z.string() }),
    z.strictObject({ t: z.literal("nothing"), strange: z.array(z.string()) }),
    z.strictObject({
      t: z.literal("test"),
      mode: z.enum(["empty", "raises", "sentinel", "load"]),
      node: z.string().min(1),
      when: z.enum(["setup", "call", "teardown"]),
      outcome: z.enum(["passed", "failed", "skipped", "rerun"]),
      xfail: z.boolean(),
      outside: z.boolean(),
      msg: z.string().nullable(),
    }),
    z.strictObject({ t: z.literal("finish"), exit: z.int(), collected: z.int().min(0) }),
  ]),
);

/**
 * Reads the log of the plugin. A line that was cut off is left out: pytest died while writing it, which the missing
 * `finish` says.
 * @throws {Breakage} `parse` when a line is no known record, or the records do not stand in a possible order
 */
export function parseProofLog(text: string): ProofLog {
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  const lines = whole.split("\n").slice(0, -1);
  const [start, ...rest] = parseReport(records, `[${lines.join(",")}]`, "the log of pytest");
  if (start?.t !== "start") throw disorder("it does not begin with a start");
  const items: ProofItem[] = [];
  const reports: ProofReport[] = [];
  const collectErrors: { readonly node: string; readonly message: string }[] = [];
  const strange: string[] = [];
  let finish: ProofLog["finish"];
  for (const record of rest) {
    if (finish !== undefined) throw disorder("it goes on after its finish");
    if (record.t === "start") throw disorder("it has two starts");
    if (record.t === "finish") finish = { exit: record.exit, collected: record.collected };
    else if (record.t === "nothing") strange.push(...record.strange);
    else if (record.t === "collect_error") collectErrors.push({ node: record.node, message: record.msg });
    else if (record.t === "item") {
      const { t: _, ...item } = record;
      items.push(item);
    } else {
      const { t: _, msg, ...report } = record;
      reports.push({ ...report, message: msg ?? undefined });
    }
  }
  return { pytest: start.pytest, items, reports, collectErrors, strange, finish };
}

function disorder(what: string): Breakage {
  return new Breakage("parse", { message: `the log of pytest cannot be read: ${what}` });
}
