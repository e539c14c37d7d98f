import type { Config } from "./config/types.ts";
import { createExecutor } from "./executor.ts";
import { deepFreeze } from "./freeze.ts";
import { createGateRunner } from "./gate-runner.ts";
import type { Host } from "./host.ts";
import { createInputDigests } from "./input-digests.ts";
import type { Kernel } from "./kernel.ts";
import { memoryCtx } from "./memory-engine.ts";
import { pipeline } from "./pipeline.ts";
import type { Plan } from "./plan.ts";
import type { RunReport } from "./report.ts";
import { openSessions } from "./sessions.ts";
import { version } from "./version.ts";

/**
 * Carries out a plan and says how it ended. Gates that fail or break are results, not errors.
 * @param id the run's id, unique below `.towpath/runs`
 * @throws {TowpathError} when a hook fails before the first stage
 * @example const report = await startRun({ id: "7f3a", plan, config, kernel, host });
 */
export async function startRun(parts: {
  readonly id: string;
  readonly plan: Plan;
  readonly config: Config;
  readonly kernel: Kernel;
  readonly host: Host;
}): Promise<RunReport> {
  const { id, plan, config, kernel, host } = parts;
  const { clock } = host;
  const startedAt = new Date(clock.now()).toISOString();
  const begun = clock.monotonic();
  const warnings: { readonly message: string; readonly code?: string }[] = [];
  const stopListening = kernel.bus.on("warning", ({ message, code }) => {
    warnings.push({ message, ...(code === undefined ? {} : { code }) });
  });
  kernel.bus.begin(id);
  kernel.bus.emit("run:start", {
    kind: plan.kind,
    components: plan.components.map((component) => component.name),
    target: plan.target,
    stages: plan.stages.map((stage) => stage.name),
  });

  const digests = createInputDigests(host.workspace, plan.target);
  const runner = createGateRunner(kernel, host, plan.target, digests);
  const sessions = await openSessions(kernel, plan, id, clock);
  const execute = createExecutor({ run: id, plan, config, kernel, host, runner, digests, sessions });
  const { exit, stages } = await pipeline(memoryCtx({ id, plan }, execute, clock, host.signal));

  const durationMs = clock.monotonic() - begun;
  kernel.bus.emit("run:end", { exit, durationMs });
  stopListening();
  const report: RunReport = deepFreeze({
    schemaVersion: 1,
    run: id,
    towpath: version,
    plan,
    startedAt,
    durationMs,
    exit,
    stages,
    sessions: sessions.all(),
    warnings,
  });
  await kernel.hooks.runEnd.promise(report);
  return report;
}
