import type { Estimate } from "@towpath/history";

/**
 * An estimate as people read it: `about 1–2 min left`. Never nothing, and no more exact than it is.
 * @param left milliseconds
 * @example timeLeft({ p50: 70_000, p80: 110_000, p90: 120_000, runs: 12 }) // "about 1–2 min left (12 past runs)"
 */
export function timeLeft({ p50, p80, p90, runs }: Estimate): string {
  const past = `${runs} past ${runs === 1 ? "run" : "runs"}`;
  if (p90 <= 0) return `longer than usual (${past})`;
  const [unit, size] = p80 >= 60_000 ? (["min", 60_000] as const) : (["s", 1_000] as const);
  const from = Math.max(1, Math.round(p50 / size));
  const to = Math.max(from, Math.ceil(p80 / size));
  return `about ${from === to ? from : `${from}–${to}`} ${unit} left (${past})`;
}
