import type { Config } from "./config/types.ts";
import { deliver } from "./deliver.ts";
import { drillPipeline, rollbackPipeline } from "./drill.ts";
import type { Ended, Engine, NewRun, Work } from "./engine.ts";
import { createExecutor } from "./executor.ts";
import { deepFreeze } from "./freeze.ts";
import { createGateRunner } from "./gate-runner.ts";
import type { Host } from "./host.ts";
import { createInputDigests } from "./input-digests.ts";
import type { Kernel } from "./kernel.ts";
import type { Settlement } from "./journal-ctx.ts";
import { pipeline } from "./pipeline.ts";
import type { Plan, RunKind } from "./plan.ts";
import type { RunReport } from "./report.ts";
import { openSessions } from "./sessions.ts";
import { TowpathError } from "./errors.ts";
import { version } from "./version.ts";

/** What a run is carried out with. */
export interface RunParts {
  readonly engine: Engine;
  readonly config: Config;
  readonly kernel: Kernel;
  readonly host: Host;
}

/** What may be said when a run is resumed. */
export interface ResumeOptions {
  /** Whether other versions of plugins than the plan's may go on with it. @default false */
  readonly acceptPlugins?: boolean;
  /** What an operator found at a target that does not answer. */
  readonly settle?: Settlement;
}

const pipelines: Readonly<Record<RunKind, Work["pipeline"]>> = {
  run: pipeline,
  check: pipeline,
  drill: drillPipeline,
  rollback: rollbackPipeline,
};

/**
 * Carries out a plan and says how it ended, or what it waits for. Gates that fail or break are results, not errors.
 * @throws {TowpathError} when a hook fails before the first stage, and what `Engine.start` throws
 * @example const report = await startRun({ id: "7f3a", plan }, { engine, config, kernel, host });
 */
export function startRun(run: NewRun, parts: RunParts): Promise<RunReport> {
  return carryOn(run.id, run.plan, parts, (work) => parts.engine.start(run, work));
}

/**
 * Goes on with a run from its record.
 * @param id the run's id
 * @throws {TowpathError} TP6003 when there is none, TP6105 when plugins changed, TP1210 when it would deploy in untrusted
 *   mode, and what `Engine.resume` throws
 */
export async function resumeRun(
  id: string,
  parts: RunParts,
  { acceptPlugins = false, settle }: ResumeOptions = {},
): Promise<RunReport> {
  const { engine, kernel, host } = parts;
  const row = engine.journal.run(id);
  if (!row) throw new TowpathError("TP6003", { message: `there is no run ${id}` });
  const changed = pluginChanges(row.plan, kernel);
  if (changed.length > 0 && row.status !== "closed" && !acceptPlugins)
    throw new TowpathError("TP6105", { message: `since run ${id} was planned: ${changed.join("; ")}` });
  if (row.plan.trusted && !host.trusted)
    throw new TowpathError("TP1210", { message: `the run ${id} was planned for trusted code` });
  const work = (made: Work): Promise<Ended> =>
    engine.resume(id, { ...made, ...(settle === undefined ? {} : { settle }) });
  return carryOn(id, row.plan, parts, work, changed, row.status === "closed");
}

async function carryOn(
  id: string,
  plan: Plan,
  { engine, config, kernel, host }: RunParts,
  begin: (work: Work) => Promise<Ended>,
  accepted: readonly string[] = [],
  again = false,
): Promise<RunReport> {
  const { clock } = host;
  const { journal } = engine;
  const begun = clock.monotonic();
  const warnings: { readonly message: string; readonly code?: string }[] = [];
  const stopListening = kernel.bus.on("warning", ({ message, code }) => {
    warnings.push({ message, ...(code === undefined ? {} : { code }) });
  });
  const digests = createInputDigests(host.workspace, plan.target);
  const { reuse, maxAgeMs } = plan;
  const runner = createGateRunner({
    run: id,
    kernel,
    host,
    target: plan.target,
    digests,
    journal,
    reuse,
    maxAgeMs,
  });
  const sessions = await openSessions({ kernel, plan, journal, clock }, id);
  const steps = createExecutor({ run: id, plan, config, kernel, host, journal, runner, digests, sessions });
  const work: Work = {
    pipeline: async (ctx) => {
      kernel.bus.begin(id);
      kernel.bus.emit("run:start", {
        kind: plan.kind,
        components: plan.components.map((component) => component.name),
        target: plan.target,
        stages: plan.stages.filter((stage) => stage.stored !== true).map((stage) => stage.name),
        ...traceOf(host.env["TRACEPARENT"]),
      });
      for (const message of accepted) kernel.bus.emit("warning", { message: `accepted: ${message}` });
      const result = await pipelines[plan.kind](ctx);
      await sessions.flush();
      return result;
    },
    steps,
    bus: kernel.bus,
    signal: host.signal,
    ...(host.redact === undefined ? {} : { redact: host.redact }),
    ...(host.reap === undefined ? {} : { reap: host.reap }),
  };
  try {
    const ended = await begin(work);
    const durationMs = clock.monotonic() - begun;
    const { status, result, startedAt } = ended;
    const report: RunReport = deepFreeze({
      schemaVersion: 1,
      run: id,
      towpath: version,
      plan,
      startedAt: new Date(startedAt).toISOString(),
      durationMs,
      status,
      ...(ended.wait === undefined ? {} : { wait: ended.wait }),
      ...result,
      sessions: sessions.all(),
      warnings,
    });
    // What was told once when the run ended is not told again.
    if (again) return report;
    await kernel.hooks.runEnd.promise(report);
    await deliver(kernel, journal, clock);
    return report;
  } finally {
    stopListening();
  }
}

/** Version 00 of https://www.w3.org/TR/trace-context/; ids of zeros alone are invalid. */
const traceparentPattern = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

function traceOf(traceparent: string | undefined): { readonly traceparent?: string } {
  return traceparent !== undefined && traceparentPattern.test(traceparent) ? { traceparent } : {};
}

function pluginChanges({ plugins }: Plan, kernel: Kernel): readonly string[] {
  const text = ({ name, version: v }: Plan["plugins"][number]): string => `${name}@${v ?? "unversioned"}`;
  const now = new Map(kernel.plugins.map((plugin) => [plugin.name, plugin]));
  const gone = plugins.flatMap((planned) => {
    const found = now.get(planned.name);
    if (found === undefined) return [`${text(planned)} is gone`];
    return text(found) === text(planned) ? [] : [`${text(planned)} became ${text(found)}`];
  });
  const known = new Set(plugins.map(({ name }) => name));
  const come = kernel.plugins
    .filter(({ name }) => !known.has(name))
    .map((plugin) => `${text(plugin)} is new`);
  return [...gone, ...come];
}
