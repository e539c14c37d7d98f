import { percentile } from "./percentile.ts";
import type { RunRecord } from "./run-record.ts";

/** How long a run will probably take from now on, in milliseconds. */
export interface Estimate {
  readonly p50: number;
  readonly p80: number;
  readonly p90: number;
  /** How many past runs it rests on. */
  readonly runs: number;
}

/** What is estimated. */
export interface EstimateRequest {
  readonly component: string;
  readonly target: string;
  /** Stages that are still to run, the running one first. */
  readonly stages: readonly string[];
  /** Time that the first of them has taken so far, in milliseconds. */
  readonly elapsedMs: number;
}

/** How many past runs are drawn from, the newest ones. */
const mostRuns = 20;
const draws = 500;

/**
 * Estimates by bootstrap: sums of stage times, each drawn from those of past runs. Percentiles are taken of the sums, as
 * the sum of percentiles is far too long. Without a stage that ever passed there is no estimate.
 * @param runs past ones, oldest first; those of the same component and target count, else those of the same target
 * @param random 0 to 1 @default a fixed sequence, so that the same history gives the same answer
 * @example estimate(runs, { component: "foo", target: "dev", stages: ["testing"], elapsedMs: 0 })?.p50
 */
export function estimate(
  runs: readonly RunRecord[],
  { component, target, stages, elapsedMs }: EstimateRequest,
  random: () => number = sequence(),
): Estimate | undefined {
  const alike = runs.filter((run) => run.target === target && run.kind === "run");
  const own = alike.filter((run) => run.components.includes(component));
  const drawn = own.some(somePassed) ? own : alike;
  const history = stages.map((name) =>
    drawn
      .flatMap((run) => run.stages.filter(({ stage, status }) => stage === name && status === "passed"))
      .slice(-mostRuns)
      .map(({ durationMs }) => durationMs),
  );
  const fewest = Math.min(...history.map(({ length }) => length));
  if (stages.length === 0 || fewest === 0) return undefined;
  const sums = Array.from({ length: draws }, () =>
    history.reduce((sum, times, index) => {
      const time = times[Math.floor(random() * times.length)] ?? 0;
      return sum + (index === 0 ? Math.max(0, time - elapsedMs) : time);
    }, 0),
  );
  const at = (share: number): number => percentile(sums, share) ?? 0;
  return { p50: at(0.5), p80: at(0.8), p90: at(0.9), runs: fewest };
}

function somePassed({ stages }: RunRecord): boolean {
  return stages.some(({ status }) => status === "passed");
}

/** Numbers of a linear congruential generator (Numerical Recipes). */
function sequence(): () => number {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** The least number of past times that shows what is slow. */
const fewestTimes = 5;

/** Whether a time is longer than 95 of 100 past ones. @param past in milliseconds; fewer than 5 say nothing */
export function isSlow(durationMs: number, past: readonly number[]): boolean {
  const limit = percentile(past, 0.95);
  return past.length >= fewestTimes && limit !== undefined && durationMs > limit;
}
