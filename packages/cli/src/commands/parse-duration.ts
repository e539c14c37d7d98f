import { TowpathError } from "@towpath/core";

const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * Milliseconds of a duration such as `90s`, `15m` or `7d`.
 * @throws {TowpathError} TP1001
 */
export function parseDuration(text: string): number {
  const found = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text);
  const unit = units[found?.[2] ?? ""];
  if (unit !== undefined) return Number(found?.[1]) * unit;
  throw new TowpathError("TP1001", {
    message: `${JSON.stringify(text.slice(0, 80))} is no duration`,
    fix: ["Durations look like 90s, 15m, 12h or 7d."],
  });
}
