import { TowpathError } from "@towpath/core";
import { parseDuration as read } from "@towpath/kit";

/**
 * Milliseconds of a duration such as `90s`, `15m` or `7d`.
 * @throws {TowpathError} TP1001
 */
export function parseDuration(text: string): number {
  const ms = read(text);
  if (ms !== undefined) return ms;
  throw new TowpathError("TP1001", {
    message: `${JSON.stringify(text.slice(0, 80))} is no duration`,
    fix: ["Durations look like 90s, 15m, 12h or 7d."],
  });
}
