import { coreCall } from "./core-call.ts";
import type { Ctx, Outcome, StepError } from "./ctx.ts";
import type { DeployResult, Environment, RollbackResult, Sabotage, Watch } from "./deployer.ts";
import type { PlannedStage } from "./plan.ts";
import type { Release } from "./release.ts";
import type { Backoff } from "./retry.ts";
import { retryAt } from "./retry-at.ts";

/** Input of the steps that work on a target. */
export interface DeployInput {
  readonly environment: Environment;
  readonly release: Release;
  /** Set in drills. */
  readonly sabotage?: Sabotage;
}

/** How a deploy came out. */
export type Deployed =
  | { readonly ok: true; readonly release: Release }
  | {
      readonly ok: false;
      readonly status: "stopped" | "paused";
      readonly reason: string;
      /** Code of the catalogue. */
      readonly code: string;
      readonly exit: number;
    };

/**
 * Builds the artifact, or takes the one that was built from this very tree, brings it to the environment, watches it,
 * and takes it back when it is no good. Only breakage is tried again; a release that its health check refuses is not.
 */
export async function deploy(ctx: Ctx, stage: PlannedStage, environment: Environment): Promise<Deployed> {
  const at = stage.name;
  const built = await ctx.step<Release>(`${at}/build`, coreCall("build", "idempotent"), { environment });
  if (!built.ok) return ended(built.error);
  const release = built.value;
  const input: DeployInput = { environment, release };
  const applied = await apply(ctx, `${at}/deploy`, input, stage.retry);
  if (!applied.ok) return ended(applied.error);
  if (applied.value.state === "refused") {
    return {
      ok: false,
      status: "stopped",
      code: "TP5002",
      reason: `the release was refused: ${applied.value.reason}`,
      exit: 1,
    };
  }
  const watched = await watch(ctx, `${at}/verify`, input, stage.retry);
  if (!watched.ok && watched.error.kind !== "failed") return ended(watched.error);
  // What could not be watched is not known to be good.
  const bad = watched.ok ? (watched.value.healthy ? undefined : watched.value.reason) : watched.error.message;
  if (bad === undefined) {
    const confirmed = await ctx.step(`${at}/confirm`, coreCall("confirm", "idempotent"), input);
    return confirmed.ok ? { ok: true, release } : ended(confirmed.error);
  }
  const back = await rollBack(ctx, `${at}/rollback`, { ...input, reason: bad }, stage.retry);
  if (!back.ok) {
    const { status, exit, code } = ended(back.error);
    const reason = `${bad}; and it could not be taken back: ${back.error.message}`;
    return { ok: false, status, exit, code, reason };
  }
  const to = back.value.current === undefined ? "nothing" : back.value.current.slice(0, 12);
  const reason = `the release was rolled back to ${to}: ${bad}`;
  // A watch that broke has not found the release bad.
  return { ok: false, status: "stopped", code: "TP5003", exit: watched.ok ? 1 : 3, reason };
}

/** Watches a release in its place; a watch that breaks is tried again. */
export async function watch(
  ctx: Ctx,
  id: string,
  input: DeployInput,
  retry: Backoff,
): Promise<Outcome<Watch>> {
  for (let attempt = 1; ; attempt += 1) {
    const step = attempt === 1 ? id : `${id}#${attempt}`;
    const call = { ...coreCall("verify", "pure"), uncancellable: true };
    const watched = await ctx.step<Watch>(step, call, input);
    if (watched.ok || watched.error.kind !== "failed") return watched;
    const due = await retryAt(ctx, `${step}/retry`, attempt, retry);
    if (due === undefined) return watched;
    await ctx.sleepUntil(`${step}/sleep`, due.at);
  }
}

/** The guarded step that puts a release in place. */
export function apply(
  ctx: Ctx,
  id: string,
  input: DeployInput,
  retry: Backoff,
): ReturnType<typeof ctx.step<DeployResult>> {
  return ctx.step<DeployResult>(id, { ...coreCall("apply", "guarded"), retry }, input);
}

/** The guarded step that takes a release back, also when the run is cancelled. */
export function rollBack(
  ctx: Ctx,
  id: string,
  input: DeployInput & { readonly reason: string },
  retry: Backoff,
): ReturnType<typeof ctx.step<RollbackResult>> {
  const call = { ...coreCall("rollback", "guarded"), retry, mustSucceed: true };
  return ctx.step<RollbackResult>(id, call, input);
}

function ended({ kind, code, message }: StepError): Deployed & { readonly ok: false } {
  const base = { ok: false, code, reason: message } as const;
  if (kind === "cancelled") return { ...base, status: "paused", exit: 130 };
  if (kind === "unknown") return { ...base, status: "paused", exit: 6 };
  // A digest that was found bad before is an answer.
  return { ...base, status: "stopped", exit: code === "TP5004" ? 1 : 3 };
}
