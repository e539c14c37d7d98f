import { Breakage } from "@towpath/core";
import { parseReport } from "@towpath/kit";
import { z } from "zod";

/** Of which run the log is. */
export interface LogStart {
  /** Version of pytest. */
  readonly pytest: string;
  /** Absolute rootdir: node ids and files are relative to it. */
  readonly root: string;
  /** Absolute path of the configuration file that pytest took. */
  readonly config: string | undefined;
  /** Names of the installed plugins that were loaded, such as `xdist`. */
  readonly plugins: readonly string[];
  /** Local time of the start without a zone, as Python's `isoformat` writes it. */
  readonly clock: string;
}

/** A phase of a test that says something: every one but a passed setup or teardown. */
export interface TestLine {
  readonly nodeid: string;
  /** `setup`, `call` or `teardown`; `???` when a worker of xdist died. */
  readonly when: string;
  readonly outcome: "passed" | "failed" | "skipped" | "rerun";
  /** Reason of an `xfail` marker that took effect, possibly empty. */
  readonly xfail: string | undefined;
  /** The worker of xdist that ran it. */
  readonly worker: string | undefined;
  /** Path relative to `LogStart.root`. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** Requirements that `@pytest.mark.spec` names. */
  readonly spec: readonly string[];
  readonly message: string | undefined;
}

/** A file or folder that pytest could not collect. */
export interface CollectError {
  readonly nodeid: string;
  /** End of the error's text. */
  readonly message: string;
}

/** A file that asked to be skipped while pytest collected it, such as by `pytest.importorskip`. */
export interface CollectSkip {
  readonly nodeid: string;
  readonly reason: string;
}

/** What the plugin wrote. */
export interface PytestLog {
  readonly start: LogStart;
  readonly tests: readonly TestLine[];
  readonly collectErrors: readonly CollectError[];
  readonly collectSkips: readonly CollectSkip[];
  /** Node ids of the tests that were begun, in order. */
  readonly begun: readonly string[];
  /** Absent when pytest did not come to its end. */
  readonly finish:
    | {
        readonly exit: number;
        readonly collected: number;
        /** Parts of pytest that the project's code replaced. */
        readonly bent: readonly string[];
      }
    | undefined;
}

const nullable = z
  .string()
  .nullable()
  .transform((text) => text ?? undefined);

const records = z.array(
  z.discriminatedUnion("t", [
    z.strictObject({
      t: z.literal("start"),
      v: z.literal(1),
      pytest: z.string().min(1),
      root: z.string().min(1),
      config: nullable,
      plugins: z.array(z.string()),
      clock: z.iso.datetime({ local: true, offset: false }),
    }),
    z.strictObject({ t: z.literal("begin"), nodeid: z.string().min(1) }),
    z.strictObject({ t: z.literal("collect_error"), nodeid: z.string(), msg: z.string() }),
    z.strictObject({ t: z.literal("collect_skip"), nodeid: z.string(), msg: z.string() }),
    z.strictObject({
      t: z.literal("test"),
      nodeid: z.string().min(1),
      when: z.enum(["setup", "call", "teardown", "???"]),
      outcome: z.enum(["passed", "failed", "skipped", "rerun"]),
      xfail: nullable,
      worker: nullable,
      file: z.string(),
      line: z.int().min(1),
      spec: z.array(z.string()),
      msg: nullable,
    }),
    z.strictObject({
      t: z.literal("finish"),
      exit: z.int(),
      collected: z.int().min(0),
      bent: z.array(z.string()).default([]),
    }),
  ]),
);

/**
 * Reads the log of the pytest plugin. A line that was cut off at the end of the file is left out: pytest died
 * while writing it, which the missing `finish` says.
 * @throws {Breakage} `parse` when a line is no known record, or the records do not stand in a possible order
 */
export function parsePytestLog(text: string): PytestLog {
  const lines = text
    .slice(0, text.lastIndexOf("\n") + 1)
    .split("\n")
    .slice(0, -1);
  const [start, ...rest] = parseReport(records, `[${lines.join(",")}]`, "the log of pytest");
  if (start?.t !== "start") throw disorder("it does not begin with a start");
  const log = {
    tests: [] as TestLine[],
    collectErrors: [] as CollectError[],
    collectSkips: [] as CollectSkip[],
    begun: [] as string[],
    finish: undefined as PytestLog["finish"],
  };
  for (const record of rest) {
    if (log.finish !== undefined) throw disorder("it goes on after its finish");
    if (record.t === "start") throw disorder("it has two starts");
    if (record.t === "begin") log.begun.push(record.nodeid);
    else if (record.t === "finish") {
      const { t: _, ...finish } = record;
      log.finish = finish;
    } else if (record.t === "collect_error") {
      log.collectErrors.push({ nodeid: record.nodeid, message: record.msg });
    } else if (record.t === "collect_skip") {
      log.collectSkips.push({ nodeid: record.nodeid, reason: record.msg });
    } else {
      const { t: _, msg, ...line } = record;
      log.tests.push({ ...line, message: msg });
    }
  }
  const { pytest, root, config, plugins, clock } = start;
  return { start: { pytest, root, config, plugins, clock }, ...log };
}

function disorder(what: string): Breakage {
  return new Breakage("parse", { message: `the log of pytest cannot be read: ${what}` });
}
