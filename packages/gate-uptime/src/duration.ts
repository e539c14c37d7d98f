import { parseDuration } from "@towpath/kit";
import { z } from "zod";

/** A duration as people write it (`7d`, `12h`, `5m`, `30s`, `500ms`), in milliseconds. */
export const duration: z.ZodType<number, string> = z.string().transform((text, check) => {
  const ms = parseDuration(text);
  if (ms !== undefined) return ms;
  check.addIssue({ code: "custom", message: "must be a duration such as 7d, 12h, 5m, 30s or 500ms" });
  return z.NEVER;
});

const names: readonly (readonly [unit: string, ms: number])[] = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
  ["s", 1_000],
  ["ms", 1],
];

/**
 * A duration in its two largest units; what is smaller is cut off.
 * @example durationInWords(273_600_000) // "3 d 4 h"
 */
export function durationInWords(ms: number): string {
  let left = Math.max(0, Math.floor(ms));
  const parts: string[] = [];
  for (const [name, unit] of names) {
    const count = Math.floor(left / unit);
    left -= count * unit;
    if (count > 0) parts.push(`${count} ${name}`);
    else if (parts.length > 0) break;
    if (parts.length === 2) break;
  }
  return parts.join(" ") || "0 s";
}
