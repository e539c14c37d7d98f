/** How a file writes the time: without a zone (it is UTC then), or with `+00:00`. The two must never be mixed. */
export type TimeStyle = "naive" | "aware";

const pattern = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:\.(\d{1,6}))?(Z|[+-]\d{2}:\d{2})?$/;

/**
 * Reads a time of a file.
 * @returns ISO time in UTC, with six digits of a second where the last three are not zero; `undefined` when it is none
 * @example readTime("2025-10-20T20:52:46.824822") // { at: "2025-10-20T20:52:46.824822Z", style: "naive" }
 */
export function readTime(text: string): { readonly at: string; readonly style: TimeStyle } | undefined {
  const [, date, time, fraction = "", zone] = pattern.exec(text) ?? [];
  if (date === undefined || time === undefined) return undefined;
  const ms = Date.parse(`${date}T${time}${zone ?? "Z"}`);
  if (!Number.isFinite(ms)) return undefined;
  const micros = fraction.padEnd(6, "0");
  const digits = micros.endsWith("000") ? micros.slice(0, 3) : micros;
  const at = `${new Date(ms).toISOString().slice(0, 19)}.${digits}Z`;
  return { at, style: zone === undefined ? "naive" : "aware" };
}

/**
 * Writes a time as files have it, with six digits of a second and never `Z`.
 * @param at ISO time in UTC
 * @example writeTime("2026-11-22T10:00:00.123Z", "aware") // "2026-11-22T10:00:00.123000+00:00"
 */
export function writeTime(at: string, style: TimeStyle): string {
  const [, date = "", time = "", fraction = ""] = pattern.exec(at) ?? [];
  const text = `${date}T${time}.${fraction.padEnd(6, "0")}`;
  return style === "naive" ? text : `${text}+00:00`;
}
