import { Breakage, breakageKinds } from "./breakage.ts";
import { catalogue } from "./catalogue.ts";
import { TowpathError } from "./errors.ts";
import type { Measurement } from "./finding.ts";
import { deepFreeze } from "./freeze.ts";
import type { Component, Evidence } from "./gate.ts";
import type { PlannedGate } from "./plan.ts";
import type { RegisteredGate } from "./registered-gate.ts";
import type { GateResult, Inputs } from "./result.ts";
import type { Target } from "./stages.ts";
import { judge, verdicts } from "./verdict.ts";

/** How a check ended, before the verdict. */
export type Settled = ({ readonly evidence: Evidence } | { readonly breakage: Breakage }) & {
  /** Working time in milliseconds: waiting for a place is not counted, making a shared artifact is. */
  readonly durationMs: number;
};

/** The result that an outcome deserves: core judges, the gate only reports. */
export function resultOf(
  registered: RegisteredGate,
  planned: PlannedGate,
  component: Component,
  target: Target,
  inputs: Inputs,
  outcome: Settled,
  timing: Pick<GateResult, "startedAt" | "attempts" | "because">,
): GateResult {
  const { gate, plugin } = registered;
  const base = {
    schemaVersion: 1 as const,
    gate: gate.name,
    plugin,
    category: gate.category,
    component: component.name,
    target,
    required: planned.required,
    inputs,
    ...timing,
    durationMs: outcome.durationMs,
  };
  if ("breakage" in outcome) {
    const nothing = { candidates: 0, checked: 0, findings: [], measurements: [], warnings: [], notes: [] };
    return { ...base, ...nothing, ...errorOf(outcome.breakage) };
  }
  const { evidence } = outcome;
  const judgement = judge(evidence);
  const seen = {
    candidates: evidence.candidates,
    checked: evidence.checked,
    findings: evidence.findings,
    // A figure that is no number has no place in the record; the verdict says that there was one.
    measurements: evidence.measurements.filter(isFigure),
    warnings: evidence.warnings ?? [],
    notes: evidence.notes ?? [],
    tool: evidence.tool,
    ...(evidence.waiting === undefined ? {} : { waiting: evidence.waiting }),
    ...(evidence.details === undefined ? {} : { details: evidence.details }),
  };
  if (judgement.verdict === "errored") {
    return { ...base, ...seen, ...errorOf(new Breakage(judgement.kind, { message: judgement.message })) };
  }
  const code = judgement.verdict === "passed" ? {} : { code: gate.code };
  return { ...base, ...seen, verdict: judgement.verdict, ...code };
}

function isFigure({ value, threshold }: Measurement): boolean {
  return Number.isFinite(value) && Number.isFinite(threshold);
}

function errorOf(breakage: Breakage): Pick<GateResult, "verdict" | "code" | "error"> {
  const { code } = breakageKinds[breakage.kind];
  const { message, why, fix, where } = breakage.details;
  const entry = catalogue[code];
  const error = {
    kind: breakage.kind,
    message,
    why: why || entry.why,
    fix: fix ?? entry.fix,
    where: where ?? [],
  };
  return { verdict: "errored", code, error };
}

/**
 * What a hook made of a result. It may enrich it, lower its verdict, or waive a failure with a reason; what the
 * result is about, and when it was measured, stays.
 * @throws {TowpathError} TP1301 when it improves a verdict in any other way, or answers with no verdict
 */
export function acceptChange(before: GateResult, after: GateResult): GateResult {
  const { gate, plugin, component, target, required, inputs, startedAt, verdict: original } = before;
  if (!verdicts.includes(after.verdict)) {
    throw new TowpathError("TP1301", { message: `a gateResult hook answered for ${gate} with no verdict` });
  }
  const rank = (result: GateResult): number => ["passed", "warned", "waived"].indexOf(result.verdict);
  const waives = before.verdict === "failed" && after.verdict === "waived" && (after.reason ?? "") !== "";
  const improves =
    after.verdict !== before.verdict && rank(after) >= 0 && (rank(before) < 0 || rank(after) < rank(before));
  if (improves && !waives) {
    throw new TowpathError("TP1301", {
      message: `a gateResult hook turned ${before.gate} from ${before.verdict} into ${after.verdict}`,
      why: "Only a waiver with a reason can let a failed gate through.",
    });
  }
  const kept = { gate, plugin, component, target, required, inputs, startedAt, original };
  const { basis: _, ...changed } = after;
  return deepFreeze({ ...changed, ...kept });
}
