import type { ErrorKind } from "./breakage.ts";
import { holds } from "./finding.ts";
import type { Evidence } from "./gate.ts";

/** How a check ended. `failed` is a finding, `errored` is breakage: nothing is known. */
export type Verdict = "passed" | "warned" | "failed" | "inconclusive" | "errored" | "skipped" | "waived";

/** The verdicts, in the order in which reports count them. */
export const verdicts: readonly Verdict[] = [
  "passed",
  "warned",
  "waived",
  "failed",
  "errored",
  "inconclusive",
  "skipped",
];

/** Whether a required gate with this verdict lets the component through. */
export function promotes(verdict: Verdict): boolean {
  return verdict === "passed" || verdict === "warned" || verdict === "waived";
}

/** A verdict, and for `errored` its kind and reason. */
export type Judgement =
  | { readonly verdict: "passed" | "warned" | "failed" | "inconclusive" }
  | { readonly verdict: "errored"; readonly kind: ErrorKind; readonly message: string };

/**
 * The verdict that evidence deserves. It is derived here and nowhere else: a gate cannot declare its own.
 * Nothing checked, no figure, or a figure that is no number can never pass; a finding of level `error` and a
 * broken threshold always fail. What still waits has no answer yet, unless a finding gives it.
 * @example judge({ candidates: 0, checked: 0, findings: [], measurements: [], tool }) // errored, no-input
 */
export function judge(evidence: Evidence): Judgement {
  const { candidates, checked, measurements, findings, waiting } = evidence;
  if (!Number.isInteger(checked) || !Number.isInteger(candidates) || checked < 0 || candidates < 0) {
    return errored("plugin", `the gate reported candidates ${candidates} and checked ${checked}`);
  }
  // Who waits for the first thing to look at has no answer, and no answer never promotes.
  if (checked === 0 && waiting !== undefined && findings.length === 0) return { verdict: "inconclusive" };
  if (checked === 0) return errored("no-input", `nothing was checked (${candidates} candidates)`);
  if (measurements.length === 0) return errored("plugin", "the gate reported no measurement");
  const broken = measurements.find((m) => !Number.isFinite(m.value) || !Number.isFinite(m.threshold));
  if (broken) return errored("parse", `${broken.name} is not a number`);
  if (findings.some((finding) => finding.level === "error")) return { verdict: "failed" };
  if (waiting !== undefined) return { verdict: "inconclusive" };
  if (!measurements.every(holds)) return { verdict: "failed" };
  const warned =
    findings.some((finding) => finding.level === "warning") || (evidence.warnings?.length ?? 0) > 0;
  return { verdict: warned ? "warned" : "passed" };
}

function errored(kind: ErrorKind, message: string): Judgement {
  return { verdict: "errored", kind, message };
}
