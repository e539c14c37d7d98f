import { brokenAt, resultsIn, type EvidenceLog } from "./evidence.ts";
import { holds } from "./finding.ts";
import type { GateResult, Inputs } from "./result.ts";
import type { Target } from "./stages.ts";
import { promotes, type Verdict } from "./verdict.ts";

/** One gate that stands at the exit of a stage, for one component. */
export interface Requirement {
  readonly gate: string;
  readonly component: string;
  /** An optional gate is reported and never blocks. */
  readonly required: boolean;
  /** Digests of what would be promoted; evidence on anything else does not count. */
  readonly inputs: Inputs;
}

/** What must be proven. */
export interface Policy {
  readonly target: Target;
  readonly requirements: readonly Requirement[];
  /** Age in milliseconds past which evidence no longer counts. */
  readonly maxAgeMs: number;
}

/** What was found for one requirement. */
export interface Reason {
  readonly gate: string;
  readonly component: string;
  readonly required: boolean;
  readonly verdict: Verdict | "missing";
  readonly blocks: boolean;
  readonly message: string;
}

/** The exit codes that a decision can give; when several apply the first of 1, 3, 5, 4, 0 wins. */
export type DecisionExit = 0 | 1 | 3 | 4 | 5;

/** The answer to: may it pass? */
export interface Decision {
  readonly promotes: boolean;
  readonly exit: DecisionExit;
  readonly reasons: readonly Reason[];
}

const dayMs = 24 * 60 * 60 * 1000;

/**
 * How long evidence counts, in milliseconds. A release soaks for a week before production, and what was measured on its
 * digest before must still count then.
 */
export const defaultMaxAgeMs: Readonly<Record<Target, number>> = {
  dev: dayMs,
  staging: dayMs,
  production: 14 * dayMs,
};

/** What a result must have been measured on. */
export const inputKeys: readonly (keyof Inputs)[] = ["tree", "config", "policy", "environment"];

/**
 * Decides promotion. Pure: the same policy, evidence and time give the same answer. Evidence that is missing, stale,
 * edited, contradicts itself or was measured on something else never promotes.
 * @param logs what is stored about each component, by its name
 * @param now epoch milliseconds
 * @example decide(policy, { foo: log }, Date.now()).promotes
 */
export function decide(policy: Policy, logs: Readonly<Record<string, EvidenceLog>>, now: number): Decision {
  const read = new Map<string, readonly GateResult[] | string>();
  for (const name of new Set(policy.requirements.map(({ component }) => component))) {
    const log = Object.hasOwn(logs, name) ? logs[name] : undefined;
    if (log !== undefined) read.set(name, brokenAt(log) ?? resultsIn(log));
  }
  const reasons = policy.requirements.map((requirement) => {
    const results = read.get(requirement.component) ?? [];
    return typeof results === "string"
      ? missing(requirement, `the evidence is not whole: ${results}`)
      : judgeRequirement(requirement, results, policy, now);
  });
  const exit = exitOf(reasons);
  return { promotes: exit === 0, exit, reasons };
}

function judgeRequirement(
  requirement: Requirement,
  results: readonly GateResult[],
  policy: Policy,
  now: number,
): Reason {
  const { gate, component, required } = requirement;
  // A later failure on the very same counts whatever it was measured for; a later pass for another target does not.
  const latest = results.findLast(
    (result) =>
      result.gate === gate &&
      result.component === component &&
      (result.target === policy.target || (result.verdict === "failed" && sameSubject(result, requirement))),
  );
  if (latest?.verdict === "failed" && latest.target !== policy.target)
    return {
      gate,
      component,
      required,
      verdict: "failed",
      blocks: required,
      message: `it failed for ${latest.target}`,
    };
  if (latest === undefined) return missing(requirement, "there is no evidence");
  const unfit = whyUnfit(latest, requirement, policy, now);
  if (unfit !== undefined) return missing(requirement, unfit);
  const through = promotes(latest.verdict) || (latest.verdict === "skipped" && !required);
  return {
    gate,
    component,
    required,
    verdict: latest.verdict,
    blocks: required && !through,
    message: latest.reason ?? latest.error?.message ?? latest.waiting?.for ?? latest.verdict,
  };
}

function sameSubject({ inputs }: GateResult, requirement: Requirement): boolean {
  return (["tree", "config", "environment"] as const).every((key) => inputs[key] === requirement.inputs[key]);
}

function whyUnfit(
  result: GateResult,
  requirement: Requirement,
  policy: Policy,
  now: number,
): string | undefined {
  if (result.target !== policy.target) return `the evidence was measured for the target ${result.target}`;
  for (const key of inputKeys) {
    if (result.inputs[key] !== requirement.inputs[key])
      return key === "environment"
        ? "tools, installed packages, imported code or the release have changed since it was measured"
        : `the ${key} has changed since it was measured`;
  }
  const age = now - Date.parse(result.startedAt);
  if (!(age >= 0)) return "the evidence is from the future";
  if (age > policy.maxAgeMs) return `the evidence is ${Math.round(age / 3_600_000)} h old`;
  if (promotes(result.verdict) && result.verdict !== "waived" && contradicts(result)) {
    return `the result says ${result.verdict} and its figures do not`;
  }
  return undefined;
}

function contradicts(result: GateResult): boolean {
  return (
    !(result.checked > 0) ||
    result.measurements.length === 0 ||
    !result.measurements.every(holds) ||
    result.findings.some((finding) => finding.level === "error")
  );
}

function missing({ gate, component, required }: Requirement, message: string): Reason {
  return { gate, component, required, verdict: "missing", blocks: required, message };
}

/** Verdicts of what nobody has looked at, or has not looked at long enough. */
const unseen: ReadonlySet<Reason["verdict"]> = new Set(["missing", "errored", "skipped", "inconclusive"]);

function exitOf(reasons: readonly Reason[]): DecisionExit {
  if (reasons.length === 0) return 4;
  // Where nothing is required something must at least have been seen: optional gates alone cannot all be broken, skipped
  // or waiting.
  const seen = reasons.some(({ required, verdict }) => required || !unseen.has(verdict));
  if (!seen) return 3;
  const blocking = new Set(reasons.filter((reason) => reason.blocks).map((reason) => reason.verdict));
  if (blocking.has("failed")) return 1;
  if (blocking.has("errored") || blocking.has("missing") || blocking.has("skipped")) return 3;
  if (blocking.has("inconclusive")) return 5;
  return blocking.size === 0 ? 0 : 3;
}
