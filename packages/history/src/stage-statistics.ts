import { percentile } from "./percentile.ts";
import type { RunRecord, StageRecord } from "./run-record.ts";

/** What past runs say of a stage. */
export interface StageStatistics {
  readonly stage: string;
  /** How often it ended. */
  readonly count: number;
  /** Share of those that passed. */
  readonly successRate: number;
  readonly p50Ms: number;
  readonly p90Ms: number;
  /** Its part of the time of the stages altogether, 0 to 1. */
  readonly share: number;
  readonly retries: number;
  /** Kinds of breakage, the commonest first. */
  readonly errorKinds: readonly { readonly kind: string; readonly count: number }[];
}

/** What past runs say of the whole. */
export interface WorkflowStatistics {
  readonly runs: number;
  /** Share of the closed runs that ended with exit 0. */
  readonly successRate?: number;
  readonly p50Ms?: number;
  readonly p90Ms?: number;
  readonly stages: readonly StageStatistics[];
  /** The stage that takes the largest part of the time. */
  readonly bottleneck?: string;
  /** Median time of the newer half of the runs divided by that of the older half; above 1 it became slower. */
  readonly trend?: number;
}

/** Statistics of each stage and of the whole. @param runs oldest first; those that are not over count for their stages */
export function workflowStatistics(runs: readonly RunRecord[]): WorkflowStatistics {
  const ended = runs
    .flatMap(({ stages }) => stages)
    .filter(({ status }) => status === "passed" || status === "stopped");
  const total = ended.reduce((sum, { durationMs }) => sum + durationMs, 0);
  const byStage = Map.groupBy(ended, ({ stage }) => stage);
  const stages = [...byStage].map(([stage, records]) => statisticsOf(stage, records, total));
  const closed = runs.filter(({ status }) => status === "closed");
  const times = closed.filter(({ exit }) => exit === 0).map(({ durationMs }) => durationMs);
  const p50Ms = percentile(times, 0.5);
  const p90Ms = percentile(times, 0.9);
  const slowest = stages.toSorted((a, b) => b.share - a.share)[0];
  const trend = trendOf(times);
  return {
    runs: runs.length,
    ...(closed.length === 0 ? {} : { successRate: times.length / closed.length }),
    ...(p50Ms === undefined ? {} : { p50Ms }),
    ...(p90Ms === undefined ? {} : { p90Ms }),
    stages,
    ...(slowest === undefined || total === 0 ? {} : { bottleneck: slowest.stage }),
    ...(trend === undefined ? {} : { trend }),
  };
}

function statisticsOf(stage: string, records: readonly StageRecord[], total: number): StageStatistics {
  const times = records.map(({ durationMs }) => durationMs);
  const kinds = Map.groupBy(
    records.flatMap(({ errorKinds }) => errorKinds),
    (kind) => kind,
  );
  return {
    stage,
    count: records.length,
    successRate: records.filter(({ status }) => status === "passed").length / records.length,
    p50Ms: percentile(times, 0.5) ?? 0,
    p90Ms: percentile(times, 0.9) ?? 0,
    share: total === 0 ? 0 : times.reduce((sum, ms) => sum + ms, 0) / total,
    retries: records.reduce((sum, record) => sum + record.retries, 0),
    errorKinds: [...kinds]
      .map(([kind, { length: count }]) => ({ kind, count }))
      .toSorted((a, b) => b.count - a.count || (a.kind < b.kind ? -1 : 1)),
  };
}

/** Fewer runs than this show no trend. */
const fewest = 6;

function trendOf(times: readonly number[]): number | undefined {
  if (times.length < fewest) return undefined;
  const half = Math.floor(times.length / 2);
  const older = percentile(times.slice(0, half), 0.5) ?? 0;
  const newer = percentile(times.slice(-half), 0.5) ?? 0;
  return older === 0 ? undefined : newer / older;
}
