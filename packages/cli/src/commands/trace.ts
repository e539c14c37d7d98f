import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createInputDigests,
  defaultMaxAgeMs,
  TowpathError,
  type GateResult,
  type Target,
} from "@towpath/core";
import type { Config } from "@towpath/core/config";
import type { TraceRow } from "@towpath/testgen-pytest";
import { makeHost } from "../carry-out.ts";
import { cleanStrings } from "../clean-strings.ts";
import type { GlobalOptions } from "../global-options.ts";
import { readJournal } from "../open-journal.ts";
import { printDocument } from "../print-document.ts";
import { withProject } from "../project.ts";
import { paintFor, type Paint, type Tone } from "../terminal.ts";
import { when } from "@towpath/report";
import { oneComponent, specOnRecord } from "./plan-run.ts";

/** The flags of `trace`. */
export interface TraceFlags {
  readonly component?: string;
}

/**
 * `towpath trace`: which tests prove which requirement, as the last result of the gate `trace` has it, which reads what
 * was executed. Runs nothing. Answers 0 when every requirement is proven for the code as it is, apart from optional ones
 * without a test, and that is not too long ago; else 1; 3 when nothing is on record.
 */
export function trace(flags: TraceFlags, options: GlobalOptions): Promise<number> {
  return withProject(options, async (project) => {
    const component = await specOnRecord(await oneComponent(project, flags), options);
    const found = await readJournal(options, (journal) => journal.latest(component.name, "trace"));
    const rows = found === undefined ? undefined : rowsOf(found.result);
    if (found === undefined || rows === undefined)
      throw new TowpathError("TP6301", {
        message: `nothing is on record about what proves the requirements of ${component.name}`,
        fix: [`towpath check trace --component ${component.name}`],
      });
    const path = await mkdtemp(join(tmpdir(), "towpath-trace-"));
    try {
      const host = await makeHost(project.root, { id: "trace", path }, options, AbortSignal.timeout(60_000));
      const { target, inputs, startedAt } = found.result;
      const changed = (await createInputDigests(host.workspace, target).tree(component)) !== inputs.tree;
      const stale = changed || isTooOld(found.result, project.config);
      const document = {
        component: component.name,
        target,
        run: found.run,
        at: startedAt,
        changed,
        stale,
        rows,
      };
      if (!printDocument(options.reporter, "trace", document))
        process.stdout.write(`${text(cleanStrings(document), paintFor(options.color, process.stdout))}\n`);
      const due = rows.filter(({ state }) => state !== "deferred");
      return due.length > 0 && due.every(isProven) && !stale ? 0 : 1;
    } finally {
      await rm(path, { recursive: true, force: true });
    }
  });
}

function isProven({ state }: TraceRow): boolean {
  return state === "proven" || state === "other-proof";
}

/** Drills and what people vouch for expire without any file changing. */
function isTooOld({ startedAt, target }: GateResult, { evidence }: Config): boolean {
  const hours = evidence?.maxAgeHours;
  const age = Date.now() - Date.parse(startedAt);
  return !(age >= 0 && age <= (hours === undefined ? defaultMaxAgeMs[target] : hours * 3_600_000));
}

/** @returns `undefined` when the gate could not decide: what it has seen until then proves nothing */
function rowsOf({ details, verdict }: GateResult): readonly TraceRow[] | undefined {
  if (verdict === "errored") return undefined;
  const rows = details?.["rows"];
  // Written by the gate of this name, and unchanged since: its own digest fits.
  return Array.isArray(rows) ? (rows as readonly TraceRow[]) : undefined;
}

interface Document {
  readonly component: string;
  readonly target: Target;
  readonly run: string;
  readonly at: string;
  /** Whether code, tests or specification are no longer what was traced. */
  readonly changed: boolean;
  /** Whether they are not, or it was too long ago to count. */
  readonly stale: boolean;
  readonly rows: readonly TraceRow[];
}

const tones: Readonly<Record<TraceRow["state"], Tone>> = {
  proven: "green",
  "other-proof": "green",
  deferred: "dim",
  failing: "red",
  gap: "red",
};

function text({ component, target, run, at, changed, stale, rows }: Document, paint: Paint): string {
  const proven = rows.filter(isProven).length;
  const lines = rows.flatMap(({ requirement, title, state, at: place, tests }) => [
    `${requirement.padEnd(8)} ${paint(tones[state], state.padEnd(11))} ${title}  ${paint("dim", `${place.file}:${place.line}`)}`,
    ...tests.map(({ id, outcome }) => `         ${outcome.padEnd(11)} ${paint("dim", id)}`),
  ]);
  return [
    `${paint("bold", component)}  ${proven} of ${rows.length} requirements are proven  ${paint("dim", `${when(Date.parse(at))}  run ${run}, target ${target}`)}`,
    ...(stale
      ? [
          paint(
            "yellow",
            changed
              ? "The code, its tests or the specification have changed since."
              : "That is too long ago: drills and what people vouch for expire.",
          ),
          `next  towpath check trace --component ${component}`,
        ]
      : []),
    ...lines,
  ].join("\n");
}
