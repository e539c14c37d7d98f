import { fewestAnswers } from "./options.ts";
import type { Round, Sample } from "./load.ts";
import { bootstrapInterval, percentile, type Interval } from "./statistics.ts";

/** Most rounds of one check. */
const mostRounds = 3;

/** All that was measured. */
export interface Measured {
  readonly rounds: number;
  readonly seconds: number;
  readonly samples: readonly Sample[];
  /** One for each request, in their order. */
  readonly requests: readonly RequestTimes[];
  /** Errors of all requests, by what was wrong with which. */
  readonly errors: ReadonlyMap<
    string,
    { readonly request: number; readonly error: string; readonly count: number }
  >;
  /** Share of errors, from 0 to 1. */
  readonly errorRate: number;
}

/** How long the answers to one request took, in milliseconds. */
export interface RequestTimes {
  /** How many answers were timed; too few for the figures below 20. */
  readonly answers: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly interval: Interval;
  /** Whether the interval of the 95th percentile holds the limit, so that chance decides on which side it is. */
  readonly unclear: boolean;
}

/**
 * Measures until every 95th percentile is clearly on one side of the limit, at most three rounds; what all rounds
 * brought together decides.
 * @param requests how many requests there are
 */
export async function measureRounds(
  measure: () => Promise<Round>,
  requests: number,
  p95Ms: number,
): Promise<Measured> {
  const rounds: Round[] = [];
  for (;;) {
    rounds.push(await measure());
    const measured = pooled(rounds, requests, p95Ms);
    const clear = !measured.requests.some(({ unclear }) => unclear);
    if (clear || rounds.length === mostRounds) return measured;
  }
}

function pooled(rounds: readonly Round[], requests: number, p95Ms: number): Measured {
  const samples = rounds.flatMap((round) => round.samples);
  const errors = new Map<string, { request: number; error: string; count: number }>();
  let failed = 0;
  for (const { request, error } of samples) {
    if (error === undefined) continue;
    failed += 1;
    const key = `${request} ${error}`;
    errors.set(key, { request, error, count: (errors.get(key)?.count ?? 0) + 1 });
  }
  return {
    rounds: rounds.length,
    seconds: rounds.reduce((sum, { seconds }) => sum + seconds, 0),
    samples,
    requests: Array.from({ length: requests }, (_, index) => timesOf(samples, index, p95Ms)),
    errors,
    errorRate: samples.length === 0 ? 1 : failed / samples.length,
  };
}

function timesOf(samples: readonly Sample[], index: number, p95Ms: number): RequestTimes {
  const sorted = samples
    .filter(({ request, timed }) => request === index && timed)
    .map(({ ms }) => ms)
    .toSorted((a, b) => a - b);
  const answers = sorted.length;
  if (answers < fewestAnswers) {
    return { answers, p50: 0, p95: 0, p99: 0, interval: { low: 0, high: 0 }, unclear: false };
  }
  const interval = bootstrapInterval(sorted, 95);
  return {
    answers,
    p50: percentile(sorted, 50),
    p95: percentile(sorted, 95),
    p99: percentile(sorted, 99),
    interval,
    unclear: interval.low <= p95Ms && interval.high > p95Ms,
  };
}
