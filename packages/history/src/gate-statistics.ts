import type { Measurement, Verdict } from "@towpath/core";
import { percentile } from "./percentile.ts";
import type { GateRecord, RunRecord } from "./run-record.ts";

/** What past runs say of a gate. */
export interface GateStatistics {
  readonly gate: string;
  /** How the last attempt of each run ended, oldest first. */
  readonly verdicts: readonly { readonly run: string; readonly verdict: Verdict }[];
  /** Runs in which it passed, warned or was waived, of those in which it had to say something; `undefined` of none. */
  readonly passRate?: number;
  /** Milliseconds of the attempts that were measured. */
  readonly p50Ms?: number;
  readonly p90Ms?: number;
  /** Attempts after breakage. */
  readonly retries: number;
  /** Why it did not pass, the commonest first. */
  readonly reasons: readonly { readonly reason: string; readonly count: number }[];
  /** The last figures, with thresholds and where they are set. */
  readonly measurements: readonly Measurement[];
  /** Its first figure over the runs, oldest first. */
  readonly trend: readonly { readonly run: string; readonly value: number; readonly threshold: number }[];
}

/** Statistics of each gate, in the order in which they first ran. @param runs oldest first */
export function gateStatistics(runs: readonly RunRecord[]): readonly GateStatistics[] {
  const byGate = new Map<string, { readonly run: string; readonly record: GateRecord }[]>();
  for (const { run, stages } of runs) {
    for (const record of stages.flatMap((stage) => stage.gates)) {
      const known = byGate.get(record.gate);
      if (known === undefined) byGate.set(record.gate, [{ run, record }]);
      else known.push({ run, record });
    }
  }
  return [...byGate].map(([gate, records]) => statisticsOf(gate, records));
}

function statisticsOf(
  gate: string,
  records: readonly { readonly run: string; readonly record: GateRecord }[],
): GateStatistics {
  const last = [...new Map(records.map((one) => [`${one.run}/${one.record.component}`, one])).values()];
  const judged = last.filter(
    ({ record }) => record.verdict !== "skipped" && record.verdict !== "inconclusive",
  );
  const passed = judged.filter(({ record }) => ["passed", "warned", "waived"].includes(record.verdict));
  const times = records.filter(({ record }) => !record.cached).map(({ record }) => record.durationMs);
  const counts = Map.groupBy(
    last.filter(({ record }) => record.verdict !== "warned").flatMap(({ record }) => record.reasons),
    (reason) => reason,
  );
  const p50Ms = percentile(times, 0.5);
  const p90Ms = percentile(times, 0.9);
  return {
    gate,
    verdicts: last.map(({ run, record }) => ({ run, verdict: record.verdict })),
    ...(judged.length === 0 ? {} : { passRate: passed.length / judged.length }),
    ...(p50Ms === undefined ? {} : { p50Ms }),
    ...(p90Ms === undefined ? {} : { p90Ms }),
    retries: records.filter(({ record }) => record.attempt > 1).length,
    reasons: [...counts]
      .map(([reason, { length: count }]) => ({ reason, count }))
      .toSorted((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1)),
    measurements: last.findLast(({ record }) => record.measurements.length > 0)?.record.measurements ?? [],
    trend: last.flatMap(({ run, record }) => {
      const [first] = record.measurements;
      return first === undefined ? [] : [{ run, value: first.value, threshold: first.threshold }];
    }),
  };
}
