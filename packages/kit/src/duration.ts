const units: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/**
 * A duration as people write it, in milliseconds; `undefined` when it is none.
 * @example parseDuration("90s") // 90_000; also 7d, 12h, 5m, 500ms
 */
export function parseDuration(text: string): number | undefined {
  const found = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text);
  const unit = units[found?.[2] ?? ""];
  return unit === undefined ? undefined : Number(found?.[1]) * unit;
}
