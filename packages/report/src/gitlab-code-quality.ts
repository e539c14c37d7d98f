import { createHash } from "node:crypto";
import type { Level, RunReport, Severity } from "@towpath/core";
import { jsonText } from "./json-text.ts";
import { problemsOf, type Problem } from "./problems.ts";

/** An entry of GitLab's Code Quality report. */
interface CodeQualityIssue {
  readonly description: string;
  readonly check_name: string;
  readonly fingerprint: string;
  readonly severity: "info" | "minor" | "major" | "critical" | "blocker";
  readonly location: {
    readonly path: string;
    readonly lines: { readonly begin: number; readonly end?: number };
  };
}

const bySeverity: Readonly<Record<Severity, CodeQualityIssue["severity"]>> = {
  critical: "blocker",
  high: "critical",
  medium: "major",
  low: "minor",
  info: "info",
};
const byLevel: Readonly<Record<Level, CodeQualityIssue["severity"]>> = {
  error: "major",
  warning: "minor",
  note: "info",
};

/**
 * A run as a Code Quality report of GitLab, the worst first. What is waived is left out, as the format has no word for
 * it. The description begins with the rule, since GitLab does not show `check_name`.
 * @example await writeFile("gl-code-quality-report.json", gitlabCodeQuality(report))
 */
export function gitlabCodeQuality(report: RunReport): string {
  const seen = new Map<string, number>();
  const issues = problemsOf(report)
    .filter(({ waived }) => waived === undefined)
    .map((problem) => issueOf(problem, seen));
  return jsonText(issues);
}

function issueOf(problem: Problem, seen: Map<string, number>): CodeQualityIssue {
  const { gate, rule, message, severity, level, place } = problem;
  const begin = Math.max(1, place.range?.startLine ?? 1);
  const end = place.range?.endLine ?? begin;
  return {
    description: `${rule}: ${message}`,
    check_name: `${gate}/${rule}`,
    fingerprint: unique(problem.fingerprint, seen),
    severity: severity === undefined ? byLevel[level] : bySeverity[severity],
    location: { path: place.file, lines: { begin, ...(end > begin ? { end } : {}) } },
  };
}

/** GitLab drops an entry whose fingerprint another one has; two components may hold the same file. */
function unique(fingerprint: string, seen: Map<string, number>): string {
  const before = seen.get(fingerprint) ?? 0;
  seen.set(fingerprint, before + 1);
  return before === 0 ? fingerprint : createHash("sha256").update(`${fingerprint} ${before}`).digest("hex");
}
