/** A range in the unit of its sample. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * A percentile by the nearest rank: the smallest value of the sample that is not below so many percent of it. Never a
 * value that was not measured.
 * @param sorted ascending, not empty
 */
export function percentile(sorted: readonly number[], percent: number): number {
  return sorted[rankOf(sorted.length, percent) - 1] ?? Number.NaN;
}

/**
 * The 95 % bootstrap interval of a percentile: within it lies that percentile in 95 % of all samples that can be drawn,
 * with replacement, from this one. It is computed, not drawn: a resample's percentile is at most the i-th value iff
 * enough of n draws hit the first i, which is a binomial. The same sample always has the same interval.
 * @param sorted ascending, not empty
 */
export function bootstrapInterval(sorted: readonly number[], percent: number): Interval {
  const size = sorted.length;
  const rank = rankOf(size, percent);
  const at = (probability: number): number => {
    let [low, high] = [1, size];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (atLeast(rank, size, middle / size) >= probability) high = middle;
      else low = middle + 1;
    }
    return sorted[low - 1] ?? Number.NaN;
  };
  return { low: at(0.025), high: at(0.975) };
}

function rankOf(size: number, percent: number): number {
  return Math.max(1, Math.ceil((percent * size) / 100));
}

/** Probability of at least `successes` in `draws`, in logarithms so that no term is lost. */
function atLeast(successes: number, draws: number, probability: number): number {
  if (probability >= 1) return 1;
  let choices = 0;
  for (let i = 0; i < draws - successes; i++) choices += Math.log((draws - i) / (i + 1));
  let term = choices + successes * Math.log(probability) + (draws - successes) * Math.log1p(-probability);
  const odds = Math.log(probability) - Math.log1p(-probability);
  let sum = 0;
  for (let i = successes; i <= draws; i++) {
    sum += Math.exp(term);
    term += Math.log((draws - i) / (i + 1)) + odds;
  }
  return Math.min(1, sum);
}
