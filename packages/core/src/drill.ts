import type { Ctx, StepError } from "./ctx.ts";
import { digestOf } from "./canonical.ts";
import { coreCall } from "./core-call.ts";
import { apply, rollBack, watch, type DeployInput } from "./deploy.ts";
import type { Sabotage, Watch } from "./deployer.ts";
import type { DrillScenario } from "./facts.ts";
import type { PlannedDrill } from "./plan.ts";
import type { Release } from "./release.ts";
import type { PipelineResult } from "./report.ts";
import type { Backoff } from "./retry.ts";

const once: Backoff = { max: 0, baseMs: 0, factor: 1, capMs: 0 };

/** A target that breaks in a drill, or while it goes back, is tried again as a deploy to staging is. */
const retry: Backoff = { max: 5, baseMs: 2_000, factor: 2, capMs: 30_000 };

/**
 * Stages failures on purpose. For `rollback`, each sabotaged release must be noticed and the environment run what it ran
 * before, healthy, in time. For `monitoring`, the alert about a failing release must arrive in time. How it went is
 * written down as a fact about the release.
 */
export async function drillPipeline(ctx: Ctx): Promise<PipelineResult> {
  const { drill } = ctx.run.plan;
  if (drill === undefined) return { exit: 2, stages: [], message: "the plan has no drill" };
  const { environment } = drill;
  const found = await ctx.step<Release>("drill/release", coreCall("verified", "pure"), { environment });
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
  const applied = await apply(ctx, `${id}/apply`, bad, retry);
  if (!applied.ok) return { error: applied.error };
  const seen =
    applied.value.state === "refused"
      ? { noticed: `refused: ${applied.value.reason}` }
      : await notice(ctx, drill, bad, { id, since: begun, limitMs });
  const alerted = await ctx.now(`${id}/alerted`);
  if (applied.value.state === "deployed") {
    // Whatever came of it: the bad release must not stay.
    const back = await rollBack(ctx, `${id}/rollback`, { ...bad, reason: `drill ${sabotage}` }, retry);
    if (!back.ok) return { error: back.error };
  }
  const checked = await ctx.step<Watch>(`${id}/check`, coreCall("restored", "pure"), good);
  if (!checked.ok && checked.error.kind !== "failed") return { error: checked.error };
  if ("error" in seen) return seen;
  const ended = await ctx.now(`${id}/end`);
  const tookMs = (drill === "monitoring" ? alerted : ended) - begun;
  const restored = checked.ok && checked.value.healthy;
  const why = checked.ok ? (checked.value.healthy ? "" : checked.value.reason) : checked.error.message;
  const { noticed } = seen;
  const detail = [
    noticed ?? (drill === "monitoring" ? "no alert arrived" : "nobody noticed that the release was bad"),
    restored ? "the release before runs again" : `the release before does not run: ${why}`,
    ...(tookMs > limitMs ? [`too late: ${tookMs} ms`] : []),
  ].join("; ");
  const passed = noticed !== undefined && restored && tookMs <= limitMs;
  return { name: sabotage, passed, detail, tookMs, limitMs };
}

/** Who is to notice a bad release in its place: the watch, or the monitoring. */
async function notice(
  ctx: Ctx,
  drill: PlannedDrill["drill"],
  bad: DeployInput,
  { id, since, limitMs }: { readonly id: string; readonly since: number; readonly limitMs: number },
): Promise<{ readonly noticed: string | undefined } | { readonly error: StepError }> {
  if (drill === "monitoring") {
    const { environment } = bad;
    const call = coreCall("awaitAlert", "idempotent");
    const alert = await ctx.step<string | null>(`${id}/alert`, call, { since, limitMs, environment });
    if (!alert.ok) return { error: alert.error };
    return { noticed: alert.value === null ? undefined : `alert: ${alert.value}` };
  }
  const watched = await watch(ctx, `${id}/verify`, bad, once);
  if (!watched.ok) {
    return watched.error.kind === "failed"
      ? { noticed: `not healthy: ${watched.error.message}` }
      : { error: watched.error };
  }
  return { noticed: watched.value.healthy ? undefined : `not healthy: ${watched.value.reason}` };
}

/** Takes back what an environment runs, because a person wants it. */
export async function rollbackPipeline(ctx: Ctx): Promise<PipelineResult> {
  const { rollback } = ctx.run.plan;
  if (rollback === undefined) return { exit: 2, stages: [], message: "the plan has no rollback" };
  const { environment, reason } = rollback;
  const found = await ctx.step<Release>("rollback/release", coreCall("running", "pure"), { environment });
  if (!found.ok) return broken(found.error);
  const back = await rollBack(ctx, "rollback/rollback", { environment, release: found.value, reason }, retry);
  if (!back.ok) return broken(back.error);
  const { current } = back.value;
  const from = found.value.digest.slice(0, 12);
  const went = current !== undefined && current !== found.value.digest;
  return {
    exit: went ? 0 : 1,
    stages: [],
    message: went
      ? `${environment} went back from ${from} to ${current.slice(0, 12)}`
      : current === undefined
        ? `${environment} runs nothing: ${from} was taken back and no other release was verified there`
        : `${environment} still runs ${from}`,
  };
}

function broken({ kind, message }: StepError, scenarios: readonly DrillScenario[] = []): PipelineResult {
  const exit = kind === "cancelled" ? 130 : kind === "unknown" ? 6 : 3;
  return { exit, stages: [], scenarios, message };
}
