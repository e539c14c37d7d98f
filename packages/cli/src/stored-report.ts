import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  TowpathError,
  version,
  type AgentRound,
  type Journal,
  type RunReport,
  type RunRow,
  type StageReport,
  type StepRow,
  type TowpathEvent,
} from "@towpath/core";
import { readRecord } from "./read-run.ts";
import { runId, storedRuns } from "./run-folder.ts";

/**
 * What is on record about a run: its `result.json`, or what the journal knows when the run went on since or never came to
 * an end.
 * @param root absolute repository root
 * @param id the run @default the last one
 * @returns `undefined` when no run was named and there is none yet
 * @throws {TowpathError} TP6003 when there is none of that name, or its record is damaged
 */
export async function storedReport(
  root: string,
  journal: Journal,
  id?: string,
): Promise<RunReport | undefined> {
  if (id !== undefined && !runId.test(id)) throw unknown(id);
  const [last] = journal.runs({ limit: 1 });
  const wanted = id ?? last?.id ?? (await storedRuns(root)).at(-1);
  if (wanted === undefined) return undefined;
  const row = journal.run(wanted);
  const path = join(root, ".towpath", "runs", wanted, "result.json");
  if (existsSync(path)) {
    const report = await readRecord(path);
    if (report.run !== wanted)
      throw new TowpathError("TP6003", {
        message: `the record of run ${wanted} is of another run`,
        where: [path],
      });
    // Where the journal says something else, it was written later.
    if (row === undefined || row.status === report.status) return report;
  }
  if (row === undefined) throw unknown(wanted);
  const events = journal.events({ run: wanted }).map(({ event }) => event);
  return reportOfJournal(row, events, journal.steps(wanted));
}

/** A run that nobody could write the record of: its process died, or it runs at this moment. */
function reportOfJournal(row: RunRow, events: readonly TowpathEvent[], steps: readonly StepRow[]): RunReport {
  const { id, plan, startedAt, status, wait, changedAt, exit } = row;
  const over = status === "closed" || status === "superseded";
  return {
    schemaVersion: 1,
    run: id,
    towpath: version,
    plan,
    startedAt: new Date(startedAt).toISOString(),
    durationMs: Math.max(0, changedAt - startedAt),
    exit: exit ?? (wait === undefined ? 3 : 5),
    status,
    ...(wait === undefined ? {} : { wait }),
    ...(over || wait !== undefined
      ? {}
      : { message: `the run is ${status}: it did not come to an end, or is still under way` }),
    stages: stagesOf(events).map((stage) => ({ ...stage, ...writtenIn(stage.stage, steps) })),
    sessions: [],
    warnings: events.flatMap((event) => (event.type === "warning" ? [{ message: event.message }] : [])),
  };
}

/** What the work of a stage and the agent have written down. */
function writtenIn(stage: StageReport["stage"], steps: readonly StepRow[]): Partial<StageReport> {
  const values = (name: string): readonly unknown[] =>
    steps.flatMap(({ id, outcome }) =>
      id.startsWith(`${stage}/${name}`) && !id.slice(stage.length + 1).includes("/") && outcome?.ok === true
        ? [outcome.value]
        : [],
    );
  // Values of these steps are what the executor's functions of their names return.
  const { changed: _, ...work } = (values("work").at(-1) ?? {}) as Partial<StageReport> & {
    readonly changed?: boolean;
  };
  const rounds = values("agent:").flatMap((value) => value as readonly AgentRound[]);
  return { ...work, ...(rounds.length === 0 ? {} : { rounds }) };
}

function stagesOf(events: readonly TowpathEvent[]): readonly StageReport[] {
  const stages: StageReport[] = [];
  for (const event of events) {
    const open = stages.at(-1);
    if (event.type === "stage:start")
      stages.push({ stage: event.stage, status: "paused", results: [], fixes: [], durationMs: 0 });
    else if (event.type === "gate:end" && open !== undefined)
      stages[stages.length - 1] = { ...open, results: [...open.results, event.result] };
    else if (event.type === "stage:end") {
      const { stage, status, reason, durationMs } = event;
      const ended = { stage, status, durationMs, fixes: [], ...(reason === undefined ? {} : { reason }) };
      if (open?.stage === stage) stages[stages.length - 1] = { ...ended, results: open.results };
      else stages.push({ ...ended, results: [] });
    }
  }
  return stages;
}

function unknown(id: string): TowpathError {
  return new TowpathError("TP6003", { message: `there is no run ${id}`, fix: ["towpath runs list"] });
}
