import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, realpath } from "node:fs/promises";
import { basename, dirname, extname, join, relative } from "node:path";
import {
  standingResults,
  systemClock,
  version,
  type Events,
  type Exec,
  type Journal,
  type RunReport,
  type RunRow,
  type Standing,
  type TowpathEvent,
} from "@towpath/core";
import { configPlaces } from "@towpath/core/config";
import { openJournal } from "@towpath/engine-sqlite";
import { createExec, createRedactor, createWorkspace, lookAt, type Seen } from "@towpath/kit";
import { checkQuestion } from "../check-question.ts";
import { searchEnd } from "../find-config.ts";
import type { GlobalOptions } from "../global-options.ts";
import { chooseReporter } from "../reporters/choose-reporter.ts";
import type { ReportFiles } from "../reporters/reporter.ts";
import type { CheckFlags } from "./check.ts";
import { parseTarget } from "./parse-target.ts";

/** How many runs are looked through for one that was asked the same: mostly it is the last one. */
const lastRuns = [1, 10];

/**
 * Answers a check from the journal, without loading the configuration or a plugin, where everything that its results and
 * its decision are bound to is what it was. Nothing is recorded: the run that is named is the one that is on record.
 * @returns the exit code 0, or `undefined` where the check must be made, as whenever anything is not certain
 */
export async function standingCheck(
  selectors: readonly string[],
  flags: CheckFlags,
  options: GlobalOptions,
): Promise<0 | undefined> {
  if (!flags.cache || flags.fix === true || !options.trusted) return undefined;
  const begun = performance.now();
  // Whatever is wrong, the check itself will meet it and say so.
  const found = await look(selectors, flags, options).catch(() => undefined);
  if (found === undefined) return undefined;
  await show(found, options, begun);
  return 0;
}

interface Found extends Standing {
  readonly root: string;
  readonly row: RunRow;
}

async function look(
  selectors: readonly string[],
  flags: CheckFlags,
  options: GlobalOptions,
): Promise<Found | undefined> {
  const target = parseTarget(flags.target);
  const path = await configOf(options);
  if (path === undefined) return undefined;
  const root = await realpath(dirname(path));
  if (!existsSync(join(root, ".towpath", "journal.db"))) return undefined;
  const digest = createHash("sha256")
    .update(await readFile(path))
    .digest("hex");
  const components = flags.component ?? [];
  const question = checkQuestion({ root, path, digest, selectors, components, target });
  if (question === undefined || (await bringsPlugins(root))) return undefined;
  const host = await hostOf(root);
  // Git lists the files while the journal is read; whether it can, the look itself will meet.
  void host.workspace.list([basename(path)]).catch(() => undefined);
  const journal = openJournal({ root, readOnly: true });
  try {
    const row = askedBefore(journal, question);
    if (row === undefined) return undefined;
    const standing = await standingResults({ plan: row.plan, journal, host });
    return standing && { ...standing, root, row };
  } finally {
    journal.close();
  }
}

/** The configuration as data that would be loaded, if there is one. */
async function configOf({ cwd, config }: GlobalOptions): Promise<string | undefined> {
  let path = config;
  if (path === undefined) {
    for await (const place of configPlaces({ from: cwd, until: await searchEnd(cwd) })) {
      // One without settings of ours is no configuration.
      if (basename(place) === "package.json" && !(await mayNameUs(place))) continue;
      path = place;
      break;
    }
  }
  return path !== undefined && [".yaml", ".yml", ".json"].includes(extname(path)) ? path : undefined;
}

/** Whether plugins might come from the project, which goes before those that come with the program. */
function bringsPlugins(root: string): Promise<boolean> {
  return mayNameUs(join(root, "package.json"));
}

/** Whether a manifest could say anything about us; an escape in it could spell anything. */
async function mayNameUs(manifest: string): Promise<boolean> {
  const text = await readFile(manifest, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "";
    throw error;
  });
  return /towpath|\\u/i.test(text);
}

/** The last run that was asked the same and passed. */
function askedBefore(journal: Journal, question: string): RunRow | undefined {
  for (const limit of lastRuns) {
    const found = journal.runs({ limit }).find(({ plan, exit }) => plan.question === question && exit === 0);
    if (found !== undefined) return found;
  }
  return undefined;
}

async function hostOf(root: string): Promise<Parameters<typeof standingResults>[0]["host"]> {
  const { env } = process;
  const { redact } = createRedactor(env);
  const seen: Seen = new Map();
  return {
    workspace: await createWorkspace(root, createExec({ root, runId: "look", env, redact })),
    exec: refuse,
    lookAt: (environment, ctx) => lookAt(environment, ctx, seen),
    env,
    clock: systemClock,
    signal: new AbortController().signal,
  };
}

/** What only a process could tell is not known. */
const refuse: Exec = () => Promise.reject(new Error("no process is started to look"));

async function show(
  { root, row, results, decision }: Found,
  options: GlobalOptions,
  begun: number,
): Promise<void> {
  const durationMs = performance.now() - begun;
  const { id: run, plan } = row;
  const startedAt = new Date(Date.now() - durationMs).toISOString();
  const report: RunReport = {
    schemaVersion: 1,
    run,
    towpath: version,
    plan,
    startedAt,
    durationMs,
    cached: { run },
    exit: 0,
    status: "closed",
    stages: [{ stage: "check", status: "passed", results, decision, fixes: [], durationMs }],
    sessions: [],
    warnings: [],
  };
  const reporter = chooseReporter(options, root, () => []);
  for (const event of eventsOf(report)) reporter.event(event);
  await reporter.finish(report, filesOf(root, run));
}

/** The events of a check that asks no gate. */
function eventsOf({ run, plan, stages, durationMs }: RunReport): readonly TowpathEvent[] {
  const events: TowpathEvent[] = [];
  const emit = (event: { [K in keyof Events]: { readonly type: K } & Events[K] }[keyof Events]): void => {
    events.push({ ...event, seq: events.length + 1, at: new Date().toISOString(), run });
  };
  const { kind, target } = plan;
  const components = plan.components.map(({ name }) => name);
  emit({ type: "run:start", kind, components, target, stages: ["check"] });
  const gates = plan.stages.flatMap((stage) => stage.gates);
  emit({ type: "stage:start", stage: "check", gates: gates.map(({ name }) => name) });
  for (const gate of gates)
    emit({ type: "gate:start", gate: gate.name, components: gate.components, attempt: 1 });
  for (const result of stages.flatMap((stage) => stage.results))
    emit({ type: "gate:end", gate: result.gate, result });
  emit({ type: "stage:end", stage: "check", status: "passed", durationMs });
  emit({ type: "run:end", exit: 0, status: "closed", durationMs });
  return events;
}

/** What is on record about the run. */
function filesOf(root: string, run: string): ReportFiles {
  const shown = (name: string): string | undefined => {
    const path = join(root, ".towpath", "runs", run, name);
    return existsSync(path) ? relative(process.cwd(), path) : undefined;
  };
  return { result: shown("result.json"), report: shown("report.md"), patches: [] };
}
