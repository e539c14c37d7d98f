import {
  holds,
  type RunRow,
  type StoredEvent,
  type TowpathEvent,
  type GateResult,
  type Measurement,
  type Verdict,
} from "@towpath/core";

/** One attempt of a gate on a component. */
export interface GateRecord {
  readonly gate: string;
  readonly component: string;
  /** From 1. */
  readonly attempt: number;
  readonly verdict: Verdict;
  readonly required: boolean;
  /** Whether it was answered from the record; then it took no time. */
  readonly cached: boolean;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly durationMs: number;
  readonly measurements: readonly Measurement[];
  /** Why it did not pass, in a few words each: rules, broken figures, the kind of breakage. */
  readonly reasons: readonly string[];
}

/** A stage of a run. */
export interface StageRecord {
  readonly stage: string;
  /** `running`: it has not ended, or nobody wrote how. */
  readonly status: "passed" | "stopped" | "skipped" | "paused" | "running";
  readonly reason?: string;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  /** Time at work in milliseconds, without the time between the run's processes. */
  readonly durationMs: number;
  /** In the order in which they ended. */
  readonly gates: readonly GateRecord[];
  /** Attempts after breakage. */
  readonly retries: number;
  /** Kinds of the breakage that there was. */
  readonly errorKinds: readonly string[];
}

/** A run, as its events tell it. */
export interface RunRecord {
  readonly run: string;
  readonly kind: string;
  readonly components: readonly string[];
  readonly target: string;
  readonly status: RunRow["status"];
  readonly exit?: number;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  /** Time at work in milliseconds, without the time that it was parked. */
  readonly durationMs: number;
  /** Time between its processes, in milliseconds: parked, stopped or dead. */
  readonly idleMs: number;
  /** Names of the stages that it goes through. */
  readonly planned: readonly string[];
  readonly stages: readonly StageRecord[];
}

interface OpenStage {
  stage: string;
  status: StageRecord["status"];
  reason: string | undefined;
  startedAt: number;
  idleMs: number;
  durationMs: number;
  retries: number;
  gates: GateRecord[];
}

/**
 * Reads a run from its events. Pure; events that are missing at the end make stages that are `running`.
 * @param events of this run, in order
 * @example recordRun(row, journal.events({ run: row.id })).stages.map(({ stage, durationMs }) => [stage, durationMs])
 */
export function recordRun(row: RunRow, events: readonly StoredEvent[]): RunRecord {
  const stages: OpenStage[] = [];
  let workedMs = 0;
  let idleMs = 0;
  let resumedAt = row.startedAt;
  let last = row.startedAt;
  let ended = false;
  let seen = false;
  for (const { event } of events) {
    const now = Date.parse(event.at);
    // A process that was killed has told nobody that it ended; the next one says that it begins.
    if (ended || (event.type === "run:start" && seen)) {
      if (!ended) workedMs += Math.max(0, last - resumedAt);
      const idle = Math.max(0, now - last);
      idleMs += idle;
      const open = stages.at(-1);
      if (open?.status === "running") open.idleMs += idle;
      resumedAt = now;
      ended = false;
    }
    seen = true;
    if (event.type === "run:end") {
      workedMs += Math.max(0, now - resumedAt);
      ended = true;
    } else follow(stages, event, now);
    last = now;
  }
  if (!ended) workedMs += Math.max(0, last - resumedAt);
  for (const stage of stages) {
    if (stage.status === "running") stage.durationMs = timeOf(stage, last);
  }
  return {
    run: row.id,
    kind: row.plan.kind,
    components: row.plan.components.map(({ name }) => name),
    target: row.plan.target,
    status: row.status,
    ...(row.exit === undefined ? {} : { exit: row.exit }),
    startedAt: row.startedAt,
    durationMs: workedMs,
    idleMs,
    planned: row.plan.stages.filter(({ stored }) => stored !== true).map(({ name }) => name),
    stages: stages.map(({ stage, status, reason, startedAt, durationMs, gates, retries }) => ({
      stage,
      status,
      ...(reason === undefined ? {} : { reason }),
      startedAt,
      durationMs,
      gates,
      retries,
      errorKinds: [...new Set(gates.flatMap(breakageOf))],
    })),
  };
}

/** What a stage took until a time, without the time in which nobody worked on it. */
function timeOf({ startedAt, idleMs }: OpenStage, now: number): number {
  return Math.max(0, now - startedAt - idleMs);
}

function follow(stages: OpenStage[], event: TowpathEvent, now: number): void {
  const current = stages.at(-1);
  switch (event.type) {
    case "stage:start":
      // A stage that was interrupted is entered again by the process that goes on with it.
      if (current?.stage === event.stage && current.status === "running") return;
      stages.push({
        stage: event.stage,
        status: "running",
        reason: undefined,
        startedAt: now,
        idleMs: 0,
        durationMs: 0,
        retries: 0,
        gates: [],
      });
      return;
    case "stage:end": {
      const stage = current?.stage === event.stage ? current : undefined;
      if (stage === undefined) {
        // One that is skipped is never entered.
        const { durationMs, status, reason } = event;
        stages.push({
          stage: event.stage,
          status,
          reason,
          startedAt: now,
          idleMs: 0,
          durationMs,
          retries: 0,
          gates: [],
        });
        return;
      }
      stage.status = event.status;
      stage.reason = event.reason;
      stage.durationMs = timeOf(stage, now);
      return;
    }
    case "gate:end":
      current?.gates.push(recordGate(event.result));
      return;
    case "retry":
      if (current !== undefined) current.retries += 1;
      return;
    default:
  }
}

function recordGate(result: GateResult): GateRecord {
  const cached = result.cached !== undefined;
  return {
    gate: result.gate,
    component: result.component,
    attempt: result.attempts,
    verdict: result.verdict,
    required: result.required,
    cached,
    startedAt: Date.parse(result.startedAt),
    durationMs: cached ? 0 : result.durationMs,
    measurements: result.measurements,
    reasons: reasonsOf(result),
  };
}

/** How many reasons of one result are kept. */
const mostReasons = 5;

function reasonsOf(result: GateResult): readonly string[] {
  if (result.verdict === "errored") return [result.error?.kind ?? "errored"];
  if (result.verdict !== "failed" && result.verdict !== "warned") return [];
  const wanted = result.verdict === "failed" ? "error" : "warning";
  const rules = result.findings.filter(({ level }) => level === wanted).map(({ rule }) => rule);
  if (rules.length > 0) return [...new Set(rules)].slice(0, mostReasons);
  const broken = result.measurements.filter((measurement) => !holds(measurement));
  return broken
    .slice(0, mostReasons)
    .map(({ name, operator, threshold }) => `${name} not ${operator} ${threshold}`);
}

function breakageOf({ verdict, reasons }: GateRecord): readonly string[] {
  return verdict === "errored" ? reasons : [];
}
