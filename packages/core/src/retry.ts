/** When and how often breakage is tried again. Times in milliseconds. */
export interface Backoff {
  /** Retries after the first attempt; 0 means one attempt in all. */
  readonly max: number;
  /** Delay before the first retry. */
  readonly baseMs: number;
  /** Each further delay is this many times the one before. */
  readonly factor: number;
  /** No delay is ever longer than this. */
  readonly capMs: number;
}

/**
 * Delay in milliseconds before retry `n` (1-based), or `undefined` when none is left: `min(cap, base · factor^(n−1))`,
 * rounded. There is no jitter, so a replayed run computes the same times and the table can be read off the clock.
 * @example delayBefore(2, { max: 3, baseMs: 1000, factor: 2, capMs: 10_000 }) // 2000
 */
export function delayBefore(n: number, { max, baseMs, factor, capMs }: Backoff): number | undefined {
  if (n < 1 || n > max) return undefined;
  return Math.round(Math.min(capMs, baseMs * factor ** (n - 1)));
}
