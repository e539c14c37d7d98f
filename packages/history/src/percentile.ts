/**
 * A percentile of figures by nearest rank, so that it is always one of them; `undefined` of none.
 * @param share 0 to 1
 * @example percentile([5, 1, 3], 0.5) // 3
 */
export function percentile(figures: readonly number[], share: number): number | undefined {
  const sorted = figures.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))];
}
