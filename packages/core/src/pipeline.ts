import { breakageKinds, type ErrorKind } from "./breakage.ts";
import { digestOf } from "./canonical.ts";
import { coreCall } from "./core-call.ts";
import type { Ctx, Outcome, StepCall, StepError } from "./ctx.ts";
import type { Decision } from "./decide.ts";
import { deploy } from "./deploy.ts";
import type { ErrorData } from "./errors.ts";
import type { Wait } from "./journal.ts";
import type { PlannedAgent, PlannedGate, PlannedStage } from "./plan.ts";
import type { AgentRound, PipelineResult, StageReport, StageWork } from "./report.ts";
import type { GateResult } from "./result.ts";
import type { StageRefusal } from "./hooks.ts";
import { retryAt } from "./retry-at.ts";

/**
 * The pipeline: stage by stage, work, gates, decision; the first stage that does not promote ends it. The stages
 * staging and production first decide anew from what is stored, and deploy. A pure function over `Ctx`, so that any
 * engine can run and replay it. The same function does a bare check, whose plan has one stage without work.
 */
export async function pipeline(ctx: Ctx): Promise<PipelineResult> {
  const stages: StageReport[] = [];
  const passedGates: PlannedGate[] = [];
  let exit = 4;
  for (const stage of ctx.run.plan.stages) {
    if (stage.stored === true) {
      passedGates.push(...stage.gates);
      continue;
    }
    const begun = await ctx.now(`${stage.name}/begin`);
    const { report, exit: stageExit } = await runStage(ctx, stage, passedGates);
    if (report.status === "paused") {
      const durationMs = (await ctx.now(`${stage.name}/pause`)) - begun;
      return { exit: stageExit, stages: [...stages, { ...report, durationMs }] };
    }
    const durationMs = (await ctx.now(`${stage.name}/end`)) - begun;
    stages.push({ ...report, durationMs });
    await ctx.step(`${stage.name}/close`, coreCall("close", "idempotent"), { ...report, durationMs });
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
  if (stage.deploy !== undefined) {
    const criteria = await decided(ctx, `${stage.name}/criteria`, before);
    if (!criteria.ok) return halted(stage, criteria.error);
    const decision = criteria.value;
    if (!decision.promotes) {
      const reason = "what is stored about the stages before does not promote";
      return {
        report: { ...closed(stage, "stopped", reason, 0).report, decision },
        // Nobody asks those gates again in this run, so there is nothing that it could wait for.
        exit: decision.exit === 5 ? 3 : decision.exit,
      };
    }
  }

  const work = await doWork(ctx, stage);
  if (!work.ok) return halted(stage, work.error);
  const { changed, ...written } = work.value;
  const early = stage.gates.filter((gate) => !gate.afterDeploy);
  const { rounds, ...settled } = await settleWithAgent(ctx, stage, { early, before, changed });
  const base = { stage: stage.name, ...written, ...(rounds.length === 0 ? {} : { rounds }) };
  if (settled.stop !== undefined) return stopped(base, settled);
  if (stage.deploy === undefined) return passed(base, settled);

  const deployed = await deploy(ctx, stage, stage.deploy);
  if (!deployed.ok) {
    const { status, reason, code, exit } = deployed;
    return { report: { ...base, ...shown(settled), status, reason, code }, exit };
  }
  const late = stage.gates.filter((gate) => gate.afterDeploy);
  const { release } = deployed;
  if (late.length === 0) return passed({ ...base, release }, settled);
  const after = await settleGates(ctx, stage, late, [...before, ...stage.gates], "/deployed");
  const both = { ...after, results: [...settled.results, ...after.results] };
  return after.stop === undefined ? passed({ ...base, release }, both) : stopped({ ...base, release }, both);
}

interface SettledGates {
  readonly results: readonly GateResult[];
  readonly decision?: Decision;
  readonly stop?: {
    readonly status: "stopped" | "paused";
    readonly reason?: string;
    readonly code?: string;
    readonly error?: ErrorData;
    readonly exit: number;
  };
}

/**
 * Runs the gates at a stage's exit. Where an agent writes the code, it works first at the stage implementation, and
 * again whenever gates fail: until they pass, it makes no progress, or its rounds are used up.
 * @param before gates whose evidence is void as soon as something changed, and that run again then
 */
async function settleWithAgent(
  ctx: Ctx,
  stage: PlannedStage,
  {
    early,
    before,
    changed,
  }: {
    readonly early: readonly PlannedGate[];
    readonly before: readonly PlannedGate[];
    readonly changed: boolean;
  },
): Promise<SettledGates & { readonly rounds: readonly AgentRound[] }> {
  const { agent } = stage;
  const rounds: AgentRound[] = [];
  const counting = [...before, ...early];
  let touched = changed;
  let settled: SettledGates = { results: [] };
  let failures: readonly GateResult[] = [];
  if (agent === undefined || stage.name !== "implementation") {
    settled = await settleGates(ctx, stage, touched ? byName(counting) : early, counting, "");
    if (agent === undefined || settled.stop?.exit !== 1) return { ...settled, rounds };
    failures = blocking(settled);
  }
  for (let round = 1; ; round += 1) {
    const done = await runAgent(ctx, stage, agent, { round, failures });
    rounds.push(...done.rounds);
    if (done.stop !== undefined) return { ...settled, stop: done.stop, rounds };
    const wrote = done.rounds.some((one) => one.changed);
    touched ||= wrote;
    if (failures.length > 0 && !wrote) return { ...settled, stop: noProgress(agent), rounds };
    const gates = touched ? byName(counting) : early;
    settled = await settleGates(ctx, stage, gates, counting, `/round${round}`);
    if (settled.stop?.exit !== 1) return { ...settled, rounds };
    const standing = blocking(settled);
    if (failures.length > 0 && sameProblems(failures, standing))
      return { ...settled, stop: noProgress(agent), rounds };
    failures = standing;
    if (round >= agent.maxRounds) return { ...settled, stop: usedUp(agent), rounds };
  }
}

/**
 * One round of the agent; when it breaks, it is tried again within the stage's policy, as a tool would be. Answers with
 * what was done in all attempts.
 */
async function runAgent(
  ctx: Ctx,
  stage: PlannedStage,
  agent: PlannedAgent,
  { round, failures }: { readonly round: number; readonly failures: readonly GateResult[] },
): Promise<{ readonly rounds: readonly AgentRound[]; readonly stop?: Stop }> {
  const call: StepCall = { plugin: agent.plugin, name: "agent", effect: "idempotent" };
  const rounds: AgentRound[] = [];
  for (let attempt = 1; ; attempt += 1) {
    const id = `${stage.name}/agent:${round}${attempt === 1 ? "" : `#${attempt}`}`;
    const done = await ctx.step<readonly AgentRound[]>(id, call, { stage: stage.name, round, failures });
    if (!done.ok) return { rounds, stop: stopOfStep(done.error) };
    rounds.push(...done.value);
    const stop = stopOf(done.value);
    const broke = done.value.find(({ state }) => state === "broke");
    const due = mayRetry(broke?.kind, attempt)
      ? await retryAt(ctx, `${id}/retry`, attempt, stage.retry)
      : undefined;
    if (due === undefined) return { rounds, ...(stop === undefined ? {} : { stop }) };
    await ctx.step(`${id}/announce`, coreCall("retry", "idempotent"), {
      gate: agent.name,
      attempt: attempt + 1,
      delayMs: due.delayMs,
      reason: broke?.reason ?? "",
    });
    await ctx.sleepUntil(`${id}/sleep`, due.at);
  }
}

function blocking({ results }: SettledGates): readonly GateResult[] {
  return results.filter((result) => result.required && result.verdict === "failed");
}

/** Whether the same findings stand in the way; of gates without findings, whether the same figures do. */
function sameProblems(before: readonly GateResult[], after: readonly GateResult[]): boolean {
  const problems = (results: readonly GateResult[]): string =>
    digestOf(
      results.map(({ gate, component, findings, measurements }) => ({
        gate,
        component,
        problems:
          findings.length > 0
            ? findings.map(({ fingerprint }) => fingerprint).toSorted()
            : measurements.map(({ name, value }) => ({ name, value })),
      })),
    );
  return problems(before) === problems(after);
}

type Stop = NonNullable<SettledGates["stop"]>;

function stopOf(rounds: readonly AgentRound[]): Stop | undefined {
  const refused = rounds.find(({ state }) => state === "refused");
  if (refused !== undefined) {
    const { agent, violations } = refused;
    const first = violations[0];
    const where =
      first?.path === undefined ? "" : `${first.path}${first.line === undefined ? "" : `:${first.line}`}: `;
    const more = violations.length > 1 ? ` (and ${violations.length - 1} more)` : "";
    const reason = `${agent} did what it may not: ${where}${first?.detail ?? "it does not say what"}${more}`;
    return { status: "stopped", code: "TP3801", reason, exit: 1 };
  }
  const broke = rounds.find(({ state }) => state === "broke");
  if (broke === undefined) return undefined;
  return {
    status: "stopped",
    reason: `${broke.agent} broke: ${broke.reason ?? "it does not say why"}`,
    ...(broke.error === undefined ? {} : { code: broke.error.code, error: broke.error }),
    exit: 3,
  };
}

function noProgress({ name }: PlannedAgent): Stop {
  return { status: "stopped", code: "TP3802", reason: `${name} makes no progress`, exit: 1 };
}

function usedUp({ name, maxRounds }: PlannedAgent): Stop {
  const reason = `the ${maxRounds} rounds of ${name} are used up`;
  return { status: "stopped", code: "TP3803", reason, exit: 1 };
}

/**
 * Runs gates and decides over all that count; while nothing stands in the way but gates that wait, it waits and asks
 * those again.
 * @param part tells the gates after the deploy from those before it
 */
async function settleGates(
  ctx: Ctx,
  stage: PlannedStage,
  gates: readonly PlannedGate[],
  counting: readonly PlannedGate[],
  part: string,
): Promise<SettledGates> {
  const known = new Map<string, GateResult>();
  let asked = gates;
  for (let round = 1; ; round += 1) {
    const suffix = round === 1 ? part : `${part}~${round}`;
    const settled = await Promise.all(asked.map((gate) => runGate(ctx, stage, gate, suffix)));
    for (const result of settled.flatMap((outcome) => (outcome.ok ? outcome.value : [])))
      known.set(`${result.gate}/${result.component}`, result);
    const results = [...known.values()];
    const broken = settled.find((outcome) => !outcome.ok);
    if (broken && !broken.ok) {
      // A failed gate is an answer, whatever broke beside it.
      const failed = results.some((result) => result.required && result.verdict === "failed");
      const stop = stopOfStep(broken.error);
      return { results, stop: stop.exit === 3 && failed ? { ...stop, exit: 1 } : stop };
    }
    const answer = await decided(ctx, `${stage.name}/decide${suffix}`, counting);
    if (!answer.ok) return { results, stop: stopOfStep(answer.error) };
    const decision = answer.value;
    if (decision.exit !== 5) {
      return decision.promotes
        ? { results, decision }
        : { results, decision, stop: { status: "stopped", exit: decision.exit } };
    }
    const waiting = results.filter((result) => result.required && result.verdict === "inconclusive");
    const wait = waitOf(waiting);
    // A check looks once: who wants to wait leads a run.
    if (stage.name === "check") return { results, decision, stop: { status: "stopped", exit: 5 } };
    if (waiting.length === 0)
      return {
        results,
        decision,
        stop: { status: "stopped", exit: 3, reason: "a gate that is not asked here waits" },
      };
    if ((await ctx.waitFor(`${stage.name}/wait${suffix}`, wait)) === "parked")
      return { results, decision, stop: { status: "paused", reason: `waiting for ${wait.for}`, exit: 5 } };
    asked = gates.filter((gate) => waiting.some((result) => result.gate === gate.name));
  }
}

/** All of it must have come before it is worth asking again. */
function waitOf(waiting: readonly GateResult[]): Omit<Wait, "step"> {
  const untils = waiting.flatMap(({ waiting: wait }) => wait?.until ?? []);
  const words = waiting.map(({ gate, waiting: wait }) => wait?.for ?? gate);
  const next = waiting.flatMap(({ waiting: wait }) => wait?.next ?? []);
  return {
    for: [...new Set(words)].join(", "),
    ...(untils.length === 0 ? {} : { until: Math.max(...untils) }),
    next: [...new Set(next)],
  };
}

function decided(ctx: Ctx, id: string, gates: readonly PlannedGate[]): Promise<Outcome<Decision>> {
  return ctx.step<Decision>(id, coreCall("decide", "pure"), {
    gates: byName(gates).map((gate) => gate.name),
  });
}

function shown({ results, decision }: SettledGates): Pick<StageReport, "results" | "decision"> {
  return { results, ...(decision === undefined ? {} : { decision }) };
}

type Base = Pick<StageReport, "stage" | "fixes" | "plans" | "generated" | "rounds" | "release">;

function passed(base: Base, settled: SettledGates): StageOutcome {
  return { report: { ...base, ...shown(settled), status: "passed" }, exit: 0 };
}

function stopped(base: Base, settled: SettledGates): StageOutcome {
  const { status = "stopped", exit = 3, ...why } = settled.stop ?? {};
  return { report: { ...base, ...shown(settled), status, ...why }, exit };
}

async function enter(ctx: Ctx, stage: PlannedStage): Promise<Outcome<StageRefusal | null>> {
  if (stage.skip !== undefined) return { ok: true, value: { action: "skip", reason: stage.skip } };
  return ctx.step(`${stage.name}/enter`, coreCall("enter", "pure"), { stage: stage.name });
}

/** The gates without repetition: a gate may stand at the exit of several stages. */
function byName(gates: readonly PlannedGate[]): readonly PlannedGate[] {
  return [...new Map(gates.map((gate) => [gate.name, gate])).values()];
}

/** The stage's work; when it fails, the `failure` hook says whether it is tried again within the stage's policy. */
async function doWork(ctx: Ctx, stage: PlannedStage): Promise<Outcome<StageWork>> {
  for (let attempt = 1; ; attempt += 1) {
    const id = attempt === 1 ? `${stage.name}/work` : `${stage.name}/work#${attempt}`;
    const done = await ctx.step<StageWork>(id, coreCall("work", "idempotent"), { stage: stage.name });
    if (done.ok || done.error.kind !== "failed") return done;
    const due = await retryAt(ctx, `${id}/retry`, attempt, stage.retry);
    if (due === undefined) return done;
    const answer = await ctx.step<"retry" | "abort">(`${id}/failure`, coreCall("failure", "pure"), {
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
  suffix: string,
): Promise<Outcome<readonly GateResult[]>> {
  const call: StepCall = { plugin: gate.plugin, name: "gate", effect: "pure" };
  const results = new Map<string, GateResult>();
  let components = gate.components;
  for (let attempt = 1; ; attempt += 1) {
    const id = `${stage.name}/gate:${gate.name}${suffix}${attempt === 1 ? "" : `#${attempt}`}`;
    const input = { gate: gate.name, components, attempt };
    const outcome = await ctx.step<readonly GateResult[]>(id, call, input);
    if (!outcome.ok) return outcome;
    for (const result of outcome.value) results.set(result.component, result);
    const again = outcome.value.filter((result) => mayRetry(result.error?.kind, attempt));
    const due = again.length === 0 ? undefined : await retryAt(ctx, `${id}/retry`, attempt, stage.retry);
    if (due === undefined) return { ok: true, value: [...results.values()] };
    components = again.map((result) => result.component);
    await ctx.step(`${id}/announce`, coreCall("retry", "idempotent"), {
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

/** How a stage ends by an outcome without a value: a hook failed, a step was cancelled, an effect is in doubt. */
function endOf({ kind }: StepError): { readonly status: "stopped" | "paused"; readonly exit: number } {
  if (kind === "cancelled") return { status: "paused", exit: 130 };
  return kind === "unknown" ? { status: "paused", exit: 6 } : { status: "stopped", exit: 3 };
}

/** A step that ended without a value ends its stage, with all that it said about it. */
function stopOfStep(error: StepError): Stop & { readonly reason: string } {
  const { code, message, why, fix, where = [], kind } = error;
  const said = kind === "failed" && why !== undefined && fix !== undefined;
  const full = said ? { code, error: { code, message, why, fix, where } } : {};
  return { ...endOf(error), reason: message, ...full };
}

function halted(stage: PlannedStage, error: StepError): StageOutcome {
  const { exit, ...why } = stopOfStep(error);
  return { report: { stage: stage.name, ...why, results: [], fixes: [] }, exit };
}

function closed(
  stage: PlannedStage,
  status: "skipped" | "stopped" | "paused",
  reason: string,
  exit: number,
): StageOutcome {
  return { report: { stage: stage.name, status, reason, results: [], fixes: [] }, exit };
}
