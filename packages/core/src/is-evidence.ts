import { canonicalJson } from "./canonical.ts";
import type { Level, Operator } from "./finding.ts";
import type { Evidence } from "./gate.ts";

const levels: ReadonlySet<unknown> = new Set<Level>(["error", "warning", "note"]);
const operators: ReadonlySet<unknown> = new Set<Operator>([">=", "<=", "=="]);

/**
 * Whether a value is evidence. A plugin written in JavaScript may return anything, so every field that decides is
 * looked at: a finding of an unknown level would block nothing. Figures need not be finite; `judge` refuses those.
 */
export function isEvidence(value: unknown): value is Evidence {
  if (!isRecord(value)) return false;
  const { candidates, checked, findings, measurements, tool, warnings, notes, details, waiting } = value;
  return (
    typeof candidates === "number" &&
    typeof checked === "number" &&
    Array.isArray(findings) &&
    findings.every((finding) => isRecord(finding) && levels.has(finding["level"])) &&
    Array.isArray(measurements) &&
    measurements.every(isMeasurement) &&
    isRecord(tool) &&
    isWaiting(waiting) &&
    isJson([findings, tool, warnings, notes, details])
  );
}

function isMeasurement(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { value: figure, threshold, operator } = value;
  return typeof figure === "number" && typeof threshold === "number" && operators.has(operator);
}

function isWaiting(value: unknown): boolean {
  if (value === undefined) return true;
  if (!isRecord(value)) return false;
  const { for: what, until, next = [] } = value;
  const known = until === undefined || (typeof until === "number" && Number.isFinite(until));
  return (
    typeof what === "string" && known && Array.isArray(next) && next.every((one) => typeof one === "string")
  );
}

/** A result is stored, so it must have a JSON form. */
function isJson(value: unknown): boolean {
  try {
    canonicalJson(value);
    return true;
  } catch {
    return false;
  }
}

type Untyped = Readonly<Partial<Record<string, unknown>>>;

function isRecord(value: unknown): value is Untyped {
  return typeof value === "object" && value !== null;
}
