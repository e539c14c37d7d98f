/** When and how often breakage is tried again. Times in milliseconds. */
export interface Backoff {
  /** Retries after the first attempt; 0 means one attempt in all. */
  readonly max: number;
  /** Delay before the first retry. */
  readonly baseMs: number;
  /** Each further delay is this many times the one before. */
  readonly factor: number;
  /** No delay is ever longer than this, jitter included. */
  readonly capMs: number;
}

/**
 * Delay in milliseconds before retry `n` (1-based), or `undefined` when none is left.
 * The full delay is `min(cap, base · factor^(n−1))`; equal jitter takes between half of it and all of it.
 * @param random a number from 0 to 1; the default 1 gives the exact table without jitter
 * @example delayBefore(2, { max: 3, baseMs: 1000, factor: 2, capMs: 10_000 }) // 2000
 */
export function delayBefore(n: number, backoff: Backoff, random: () => number = () => 1): number | undefined {
  if (n < 1 || n > backoff.max) return undefined;
  const full = Math.min(backoff.capMs, backoff.baseMs * backoff.factor ** (n - 1));
  return Math.round(full / 2 + (full / 2) * random());
}
