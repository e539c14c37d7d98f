import { join, relative } from "node:path";
import { availableParallelism } from "node:os";
import { rm } from "node:fs/promises";
import {
  isTowpathError,
  resumeRun,
  startRun,
  systemClock,
  TowpathError,
  type Component,
  type Conflict,
  type Engine,
  type Host,
  type Plan,
  type ResumeOptions,
  type RunKind,
  type RunParts,
  type RunReport,
} from "@towpath/core";
import {
  createExec,
  createRedactor,
  createWorkspace,
  killSurvivors,
  lookAt,
  sanitize,
  writeAtomic,
} from "@towpath/kit";
import { cleanStrings } from "./clean-strings.ts";
import type { GlobalOptions } from "./global-options.ts";
import type { RunRecord } from "@towpath/history";
import { openEngine } from "./open-engine.ts";
import { pastRuns } from "./past-runs.ts";
import { canProbe, proberParts } from "./prober-parts.ts";
import type { Project } from "./project.ts";
import { chooseReporter } from "./reporters/choose-reporter.ts";
import { jsonDocument } from "./reporters/json-document.ts";
import { planMarkdown } from "./reporters/plan-markdown.ts";
import { markdownReport } from "@towpath/report";
import type { ReportFiles } from "./reporters/reporter.ts";
import { folderOfRun, makeRunFolder, type RunFolder } from "./run-folder.ts";
import { watchSignals } from "./signals.ts";
import { waitForChance } from "./wait-for-chance.ts";
import { startWatchdog } from "./watchdog.ts";

/** How a plan is carried out. */
export interface CarryOutOptions {
  /** Whether a run that cannot be recorded must not begin. */
  readonly needsRecord: boolean;
  /** Whether waits are waited for in this process. @default false */
  readonly wait?: boolean;
  /** What becomes of an unfinished run of the component. @default "reject" */
  readonly onConflict?: Conflict;
}

/** Carries out a plan, writes its record, shows it, and answers with the exit code. */
export async function carryOut(
  project: Project,
  plan: Plan,
  options: GlobalOptions,
  { needsRecord, wait = false, onConflict = "reject" }: CarryOutOptions,
): Promise<number> {
  const engine = await openEngine(project.root, needsRecord);
  try {
    const folder = await makeRunFolder(project.root, Date.now(), needsRecord, engine.journal, [
      ...project.kernel.sinks.keys(),
    ]);
    const begin = (parts: RunParts): Promise<RunReport> =>
      startRun({ id: folder.id, plan, onConflict }, parts);
    return await follow(project, options, {
      engine,
      folder,
      needsRecord,
      wait,
      begin,
      kind: plan.kind,
      components: plan.components,
    });
  } finally {
    engine.close();
  }
}

/** How a run is gone on with. */
export interface CarryOnOptions extends ResumeOptions {
  /** Whether waits are waited for in this process. @default false */
  readonly wait?: boolean;
}

/** Goes on with a run, writes its record anew, shows it, and answers with the exit code. */
export async function carryOn(
  project: Project,
  id: string,
  options: GlobalOptions,
  { wait = false, acceptPlugins = false, settle }: CarryOnOptions,
): Promise<number> {
  const engine = await openEngine(project.root, true);
  try {
    const row = engine.journal.run(id);
    if (row === undefined)
      throw new TowpathError("TP6003", { message: `there is no run ${id}`, fix: ["towpath runs list"] });
    const folder = await folderOfRun(project.root, id);
    const begin = (parts: RunParts): Promise<RunReport> =>
      resumeRun(id, parts, { acceptPlugins, ...(settle === undefined ? {} : { settle }) });
    return await follow(project, options, {
      engine,
      folder,
      needsRecord: true,
      wait,
      begin,
      kind: row.plan.kind,
      components: row.plan.components,
    });
  } finally {
    engine.close();
  }
}

interface Followed {
  readonly engine: Engine;
  readonly folder: RunFolder;
  readonly needsRecord: boolean;
  readonly wait: boolean;
  readonly kind: RunKind;
  readonly components: readonly Component[];
  begin(parts: RunParts): Promise<RunReport>;
}

async function follow(project: Project, options: GlobalOptions, followed: Followed): Promise<number> {
  const { engine, folder, needsRecord, wait, begin } = followed;
  const { kernel, config, root } = project;
  const signals = watchSignals();
  const reporter = chooseReporter(options, root, () => pastOf(followed));
  const stopListening = kernel.bus.onAny((event) => reporter.event(event));
  const stopWatchdog = watchPlugins(project);
  try {
    const host = await makeHost(root, folder, options, signals.signal);
    const parts = { engine, config, kernel, host };
    const report = await withProber(project, followed, signals.signal, async () => {
      const first = await begin(parts);
      return wait ? waitToEnd(first, parts) : first;
    });
    // A signal that came when the run was over stopped nothing.
    const exit = report.status === "closed" ? report.exit : (signals.exit() ?? report.exit);
    const final = { ...report, exit };
    await reporter.finish(final, await recordOf(final, folder, needsRecord));
    return exit;
  } finally {
    stopListening();
    signals.stop();
    await stopWatchdog();
    // A run that was refused never was.
    const begun = !needsRecord || engine.journal.run(folder.id) !== undefined;
    await leave(begun ? folder : { ...folder, stored: false });
  }
}

/** A bare check is over before an estimate could help. */
function pastOf({ kind, components, engine }: Followed): readonly RunRecord[] {
  const [component] = components;
  return kind !== "run" || component === undefined ? [] : pastRuns(engine.journal, component.name);
}

/** Goes on with a run whenever there is a chance, until it waits no more. Nobody is kept from it meanwhile. */
async function waitToEnd(first: RunReport, parts: RunParts): Promise<RunReport> {
  let report = first;
  while (
    report.status === "parked" &&
    (await waitForChance(parts.engine.journal, report.run, parts.host.signal))
  ) {
    try {
      // With the plugins that this process began with, so there is nothing new to accept.
      report = await resumeRun(report.run, parts, { acceptPlugins: true });
    } catch (error) {
      // Somebody else goes on with it at this moment; how that ends is for the next look.
      if (!isTowpathError(error) || error.data.code !== "TP6101") throw error;
    }
  }
  return report;
}

/** How long code of a plugin may keep the main thread, in milliseconds, where no gate has a shorter limit. */
const stuckMs = 60_000;

/** Plugins that came with the program keep nothing busy; those of others are watched. */
function watchPlugins({ plugins, config, kernel }: Project): () => Promise<void> {
  const others = plugins.filter(({ via }) => via !== "bundled").map(({ name }) => name);
  if (others.length === 0) return async () => undefined;
  const limits = [...kernel.gates.values()]
    .filter(({ plugin }) => others.includes(plugin))
    .map(({ gate }) => config.gates[gate.name]?.timeoutMs ?? gate.timeoutMs ?? stuckMs);
  const limitMs = Math.min(stuckMs, Math.max(0, ...limits)) + 1_000;
  const message = `\nerror a plugin kept the program busy for ${Math.round(limitMs / 1000)} s and was ended with it: one of ${others.join(", ")}\n`;
  return startWatchdog(limitMs, message);
}

/** Who waits for a soak in this process also probes it. */
async function withProber(
  project: Project,
  { engine, wait, components }: Followed,
  cancelled: AbortSignal,
  work: () => Promise<RunReport>,
): Promise<RunReport> {
  if (!wait || !canProbe(project.config)) return work();
  const { startProber } = await import("@towpath/gate-uptime");
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, cancelled]);
  const probers = components.map(async (component) => {
    const parts = await proberParts(project, engine.journal, { component, environment: "staging", signal });
    // A prober that cannot go on leaves a gap, which the gate counts.
    await startProber(parts).catch((error: unknown) => parts.log?.(`the prober ended: ${String(error)}`));
  });
  try {
    return await work();
  } finally {
    stop.abort();
    await Promise.all(probers);
  }
}

/** What core needs from this process. */
export async function makeHost(
  root: string,
  folder: Pick<RunFolder, "id" | "path">,
  options: GlobalOptions,
  signal: AbortSignal,
): Promise<Host> {
  const outDir = join(folder.path, "out");
  const { redact } = createRedactor(process.env);
  const exec = createExec({ root, runId: folder.id, env: process.env, redact, writable: [folder.path] });
  return {
    workspace: await createWorkspace(root, exec),
    exec,
    lookAt: (environment, ctx) => lookAt(environment, ctx),
    env: { ...ownServer(root), ...process.env },
    clock: systemClock,
    cores: availableParallelism(),
    outDir,
    trusted: options.trusted,
    signal,
    redact,
    async reap(run) {
      await killSurvivors("TOWPATH_RUN_ID", run);
    },
  };
}

/** This program's own MCP server, for an agent that is let to work; it looks at the real tree. */
function ownServer(root: string): { readonly TOWPATH_MCP?: string } {
  const [program, bin] = process.argv;
  return program === undefined || bin === undefined
    ? {}
    : { TOWPATH_MCP: JSON.stringify([program, bin, "-C", root, "mcp"]) };
}

/** Writes the record; a check that cannot be recorded keeps its verdict, a run does not. */
async function recordOf(report: RunReport, folder: RunFolder, needed: boolean): Promise<ReportFiles> {
  let why = "the repository cannot be written";
  if (folder.stored) {
    try {
      return await writeRecord(report, folder);
    } catch (cause) {
      why = cause instanceof Error ? cause.message : String(cause);
      if (needed) {
        const message = `the record of the run cannot be written: ${why}`;
        throw new TowpathError("TP6002", { message, where: [folder.path], cause });
      }
    }
  }
  process.stderr.write(`warning: no record was written: ${sanitize(why)}\n`);
  return { result: undefined, report: undefined, patches: [] };
}

async function writeRecord(report: RunReport, folder: RunFolder): Promise<ReportFiles> {
  const result = join(folder.path, "result.json");
  const markdown = join(folder.path, "report.md");
  const patches: string[] = [];
  for (const [index, fix] of report.stages.flatMap((stage) => stage.fixes).entries()) {
    const path = join(folder.path, `${index + 1}-${fix.gate}-${fix.component}.patch`);
    await writeAtomic(path, fix.patch);
    patches.push(path);
  }
  const named = new Map<string, number>();
  for (const { stage, rounds } of report.stages) {
    for (const { agent, component, round, patch } of rounds ?? []) {
      if (patch === "") continue;
      const name = fileName(`${stage}-round-${round}-${agent}-${component}`);
      // A round that was begun again has its own file.
      const again = (named.get(name) ?? 0) + 1;
      named.set(name, again);
      await writeAtomic(join(folder.path, `${name}${again === 1 ? "" : `-${again}`}.patch`), patch);
    }
  }
  const plans = report.stages.flatMap((stage) => stage.plans ?? []);
  if (plans.length > 0)
    await writeAtomic(join(folder.path, "plan.md"), cleanStrings(plans).map(planMarkdown).join("\n"));
  await writeAtomic(result, `${JSON.stringify(jsonDocument(report), undefined, 2)}\n`);
  await writeAtomic(markdown, markdownReport(cleanStrings(report)));
  const shown = (path: string): string => relative(process.cwd(), path);
  return { result: shown(result), report: shown(markdown), patches: patches.map(shown) };
}

/** An agent is named by its plugin or its program, which may hold anything. */
function fileName(text: string): string {
  return text.replaceAll(/[^\w.-]+/g, "_").slice(0, 200);
}

/** Removes what only the run itself needed. What cannot be removed changes no verdict. */
async function leave(folder: RunFolder): Promise<void> {
  const path = folder.stored ? join(folder.path, "out") : folder.path;
  await rm(path, { recursive: true, force: true }).catch((error: unknown) => {
    process.stderr.write(`warning: ${path} cannot be removed: ${sanitize(String(error))}\n`);
  });
}
