import type { Ctx, StepError } from "./ctx.ts";
import { digestOf } from "./canonical.ts";
import { coreCall } from "./core-call.ts";
import { apply, rollBack, type DeployInput } from "./deploy.ts";
import type { Sabotage, Watch } from "./deployer.ts";
import type { DrillScenario } from "./facts.ts";
import type { PlannedDrill } from "./plan.ts";
import type { Release } from "./release.ts";
import type { PipelineResult } from "./report.ts";
import type { Backoff } from "./retry.ts";

const once: Backoff = { max: 0, baseMs: 0, factor: 1, capMs: 0 };

/**
 * Stages failures on purpose. For `rollback`, each sabotaged release must be noticed and the environment run what it ran
 * before, healthy, in time. For `monitoring`, the alert about a failing release must arrive in time. How it went is
 * written down as a fact about the release.
 */
export async function drillPipeline(ctx: Ctx): Promise<PipelineResult> {
  const { drill } = ctx.run.plan;
  if (drill === undefined) return { exit: 2, stages: [], message: "the plan has no drill" };
  const { environment } = drill;
  const found = await ctx.step<Release>("drill/release", coreCall("current", "pure"), { environment });
  if (!found.ok) return broken(found.error);
  const good: DeployInput = { environment, release: found.value };
  const scenarios: DrillScenario[] = [];
  for (const sabotage of drill.sabotages) {
    const staged = await stage(ctx, drill, good, sabotage);
    if ("error" in staged) return broken(staged.error, scenarios);
    scenarios.push(staged);
  }
  const noted = await ctx.step("drill/note", coreCall("noteDrill", "idempotent"), {
    drill: drill.drill,
    environment,
    digest: found.value.digest,
    scenarios,
  });
  if (!noted.ok) return broken(noted.error, scenarios);
  return { exit: scenarios.every(({ passed }) => passed) ? 0 : 1, stages: [], scenarios };
}

async function stage(
  ctx: Ctx,
  { drill, limitMs }: PlannedDrill,
  good: DeployInput,
  sabotage: Sabotage,
): Promise<DrillScenario | { readonly error: StepError }> {
  const id = `drill/${sabotage}`;
  const digest = digestOf({ run: ctx.run.id, release: good.release.digest, sabotage });
  const bad: DeployInput = { ...good, release: { ...good.release, digest }, sabotage };
  const begun = await ctx.now(`${id}/begin`);
  const applied = await apply(ctx, `${id}/apply`, bad, once);
  if (!applied.ok) return { error: applied.error };
  let noticed: string | undefined;
  if (applied.value.state === "refused") noticed = `refused: ${applied.value.reason}`;
  if (drill === "monitoring") {
    const alert = await ctx.step<string | null>(`${id}/alert`, coreCall("awaitAlert", "idempotent"), {
      since: begun,
      limitMs,
      environment: good.environment,
    });
    if (!alert.ok) return { error: alert.error };
    noticed = alert.value === null ? undefined : `alert: ${alert.value}`;
  }
  const alerted = await ctx.now(`${id}/alerted`);
  if (applied.value.state === "deployed") {
    if (drill === "rollback") {
      const watched = await ctx.step<Watch>(`${id}/verify`, coreCall("verify", "pure"), bad);
      if (!watched.ok && watched.error.kind !== "failed") return { error: watched.error };
      if (!watched.ok) noticed = `not healthy: ${watched.error.message}`;
      else if (!watched.value.healthy) noticed = `not healthy: ${watched.value.reason}`;
    }
    const reason = `drill ${sabotage}`;
    const back = await rollBack(ctx, `${id}/rollback`, { ...bad, reason }, once);
    if (!back.ok) return { error: back.error };
  }
  const checked = await ctx.step<Watch>(`${id}/check`, coreCall("restored", "pure"), good);
  if (!checked.ok && checked.error.kind !== "failed") return { error: checked.error };
  const ended = await ctx.now(`${id}/end`);
  const tookMs = (drill === "monitoring" ? alerted : ended) - begun;
  const restored = checked.ok && checked.value.healthy;
  const why = checked.ok ? (checked.value.healthy ? "" : checked.value.reason) : checked.error.message;
  const detail = [
    noticed ?? (drill === "monitoring" ? "no alert arrived" : "nobody noticed that the release was bad"),
    restored ? "the release before runs again" : `the release before does not run: ${why}`,
    ...(tookMs > limitMs ? [`too late: ${tookMs} ms`] : []),
  ].join("; ");
  const passed = noticed !== undefined && restored && tookMs <= limitMs;
  return { name: sabotage, passed, detail, tookMs, limitMs };
}

/** Takes back what an environment runs, because a person wants it. */
export async function rollbackPipeline(ctx: Ctx): Promise<PipelineResult> {
  const { rollback } = ctx.run.plan;
  if (rollback === undefined) return { exit: 2, stages: [], message: "the plan has no rollback" };
  const { environment, reason } = rollback;
  const found = await ctx.step<Release>("rollback/release", coreCall("current", "pure"), { environment });
  if (!found.ok) return broken(found.error);
  const back = await rollBack(ctx, "rollback/do", { environment, release: found.value, reason }, once);
  if (!back.ok) return broken(back.error);
  const { current } = back.value;
  const from = found.value.digest.slice(0, 12);
  return {
    exit: current === undefined ? 1 : 0,
    stages: [],
    message:
      current === undefined
        ? `${environment} runs nothing: ${from} was taken back and no other release was verified there`
        : `${environment} went back from ${from} to ${current.slice(0, 12)}`,
  };
}

function broken({ kind, message }: StepError, scenarios: readonly DrillScenario[] = []): PipelineResult {
  const exit = kind === "cancelled" ? 130 : kind === "unknown" ? 6 : 3;
  return { exit, stages: [], scenarios, message };
}
