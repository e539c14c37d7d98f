import { breakageKinds, type ErrorKind } from "./breakage.ts";
import type { Ctx, Outcome, StepCall, StepError } from "./ctx.ts";
import type { Decision } from "./decide.ts";
import type { PlannedGate, PlannedStage } from "./plan.ts";
import type { PipelineResult, StageReport, StageWork } from "./report.ts";
import type { GateResult } from "./result.ts";
import type { StageRefusal } from "./hooks.ts";
import { retryAt } from "./retry-at.ts";

/**
 * The pipeline: stage by stage, work, gates, decision; the first stage that does not promote ends it. A pure
 * function over `Ctx`, so that any engine can run and replay it. The same function does a bare check, whose plan
 * has one stage without work.
 */
export async function pipeline(ctx: Ctx): Promise<PipelineResult> {
  const stages: StageReport[] = [];
  const passedGates: PlannedGate[] = [];
  let exit = 4;
  for (const stage of ctx.run.plan.stages) {
    const begun = await ctx.now(`${stage.name}/begin`);
    const { report, exit: stageExit } = await runStage(ctx, stage, passedGates);
    const durationMs = (await ctx.now(`${stage.name}/end`)) - begun;
    stages.push({ ...report, durationMs });
    await ctx.step(`${stage.name}/close`, core("close", "idempotent"), { ...report, durationMs });
    if (report.status === "skipped") continue;
    exit = stageExit;
    if (report.status === "stopped") break;
    passedGates.push(...stage.gates);
  }
  return { exit, stages };
}

interface StageOutcome {
  readonly report: Omit<StageReport, "durationMs">;
  readonly exit: number;
}

/** @param before gates of the stages before: when the work changes the tree, their evidence is void and they run again */
async function runStage(
  ctx: Ctx,
  stage: PlannedStage,
  before: readonly PlannedGate[],
): Promise<StageOutcome> {
  const entered = await enter(ctx, stage);
  if (!entered.ok) return halted(stage, entered.error);
  const refusal = entered.value;
  if (refusal?.action === "skip") return closed(stage, "skipped", refusal.reason, 0);
  if (refusal?.action === "block") return closed(stage, "stopped", refusal.reason, 1);

  const work = await doWork(ctx, stage);
  if (!work.ok) return halted(stage, work.error);

  const all = byName([...before, ...stage.gates]);
  const gates = work.value.changed ? all : stage.gates;
  const settled = await Promise.all(gates.map((gate) => runGate(ctx, stage, gate)));
  const results = settled.flatMap((outcome) => (outcome.ok ? outcome.value : []));
  const broken = settled.find((outcome) => !outcome.ok);
  const base = { stage: stage.name, results, fixes: work.value.fixes };
  if (broken && !broken.ok) {
    const reason = broken.error.message;
    // A failed gate is an answer, whatever broke beside it.
    const failed = results.some((result) => result.required && result.verdict === "failed");
    const exit = broken.error.cancelled ? 130 : failed ? 1 : 3;
    return { report: { ...base, status: "stopped", reason }, exit };
  }
  const decided = await ctx.step<Decision>(`${stage.name}/decide`, core("decide", "pure"), {
    gates: all.map((gate) => gate.name),
  });
  if (!decided.ok) {
    const { message, cancelled } = decided.error;
    return { report: { ...base, status: "stopped", reason: message }, exit: cancelled ? 130 : 3 };
  }
  const decision = decided.value;
  const status = decision.promotes ? "passed" : "stopped";
  return { report: { ...base, status, decision }, exit: decision.exit };
}

async function enter(ctx: Ctx, stage: PlannedStage): Promise<Outcome<StageRefusal | null>> {
  if (stage.skip !== undefined) return { ok: true, value: { action: "skip", reason: stage.skip } };
  return ctx.step(`${stage.name}/enter`, core("enter", "pure"), { stage: stage.name });
}

/** The gates without repetition: a gate may stand at the exit of several stages. */
function byName(gates: readonly PlannedGate[]): readonly PlannedGate[] {
  return [...new Map(gates.map((gate) => [gate.name, gate])).values()];
}

/** The stage's work; when it fails, the `failure` hook says whether it is tried again within the stage's policy. */
async function doWork(ctx: Ctx, stage: PlannedStage): Promise<Outcome<StageWork>> {
  for (let attempt = 1; ; attempt += 1) {
    const id = attempt === 1 ? `${stage.name}/work` : `${stage.name}/work#${attempt}`;
    const done = await ctx.step<StageWork>(id, core("work", "idempotent"), { stage: stage.name });
    if (done.ok || done.error.cancelled) return done;
    const due = await retryAt(ctx, `${id}/retry`, attempt, stage.retry);
    if (due === undefined) return done;
    const answer = await ctx.step<"retry" | "abort">(`${id}/failure`, core("failure", "pure"), {
      stage: stage.name,
      message: done.error.message,
      attempt,
    });
    if (!answer.ok || answer.value !== "retry") return done;
    await ctx.sleepUntil(`${id}/sleep`, due.at);
  }
}

/** A gate for all components; breakage is tried again by its kind, a finding never. */
async function runGate(
  ctx: Ctx,
  stage: PlannedStage,
  gate: PlannedGate,
): Promise<Outcome<readonly GateResult[]>> {
  const call: StepCall = { plugin: gate.plugin, name: "gate", effect: "pure" };
  const results = new Map<string, GateResult>();
  let components = gate.components;
  for (let attempt = 1; ; attempt += 1) {
    const id = `${stage.name}/gate:${gate.name}${attempt === 1 ? "" : `#${attempt}`}`;
    const input = { gate: gate.name, components, attempt };
    const outcome = await ctx.step<readonly GateResult[]>(id, call, input);
    if (!outcome.ok) return outcome;
    for (const result of outcome.value) results.set(result.component, result);
    const again = outcome.value.filter((result) => mayRetry(result.error?.kind, attempt));
    const due = again.length === 0 ? undefined : await retryAt(ctx, `${id}/retry`, attempt, stage.retry);
    if (due === undefined) return { ok: true, value: [...results.values()] };
    components = again.map((result) => result.component);
    await ctx.step(`${id}/announce`, core("retry", "idempotent"), {
      gate: gate.name,
      attempt: attempt + 1,
      delayMs: due.delayMs,
      reason: again[0]?.error?.message ?? "",
    });
    await ctx.sleepUntil(`${id}/sleep`, due.at);
  }
}

function mayRetry(kind: ErrorKind | undefined, attempt: number): boolean {
  if (kind === undefined) return false;
  const { retries } = breakageKinds[kind];
  return retries === "policy" || (retries === "once" && attempt === 1);
}

/** A stage that could not be decided: a step was cancelled, or a hook of its failed. */
function halted(stage: PlannedStage, { message, cancelled }: StepError): StageOutcome {
  return closed(stage, "stopped", message, cancelled ? 130 : 3);
}

function closed(
  stage: PlannedStage,
  status: "skipped" | "stopped",
  reason: string,
  exit: number,
): StageOutcome {
  return { report: { stage: stage.name, status, reason, results: [], fixes: [] }, exit };
}

function core(name: string, effect: StepCall["effect"]): StepCall {
  return { plugin: "core", name, effect };
}
