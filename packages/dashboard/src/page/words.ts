/** A duration as people read it: `840 ms`, `3.2 s`, `2 m 05 s`, `3 h 10 m`, `2 d 4 h`. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (hours === 0) return `${minutes} m ${two(seconds % 60)} s`;
  return hours < 24 ? `${hours} h ${two(minutes % 60)} m` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** A time as people read it, in UTC: `2026-11-26 09:30 UTC`. */
export function when(ms: number): string {
  return Number.isFinite(ms) ? `${new Date(ms).toISOString().slice(0, 16).replace("T", " ")} UTC` : "unknown";
}

/** A share as people read it: `88 %`. */
export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** A figure with its unit, with at most two digits after the point. */
export function figure(value: number, unit: string): string {
  const text = Number.isFinite(value) ? String(Math.round(value * 100) / 100) : "no number";
  return unit === "" ? text : `${text} ${unit}`;
}

/** A number with its noun: `1 gate`, `2 gates`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** With a capital letter. */
export function title(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** The sign of `>=`, `<=` and `==`. */
export function operatorSign(operator: string): string {
  return { ">=": "≥", "<=": "≤", "==": "=" }[operator] ?? operator;
}

/** What is left, in whole units: `about 1–2 min left`. Never negative, never nothing. */
export function timeLeft(p50: number, p80: number): string {
  const inMinutes = p80 >= 90_000;
  const unit = inMinutes ? 60_000 : 5_000;
  const from = Math.max(1, Math.round(p50 / unit));
  const to = Math.max(from, Math.ceil(p80 / unit));
  const of = (units: number): number => (inMinutes ? units : units * 5);
  const range = from === to ? String(of(from)) : `${of(from)}–${of(to)}`;
  return `about ${range} ${inMinutes ? "min" : "s"} left`;
}

function two(number: number): string {
  return String(number).padStart(2, "0");
}
