import type { RunReport } from "@towpath/core";
import { outcomeOf, type Outcome } from "./outcome.ts";

const looks: Readonly<Record<Outcome, { readonly words: string; readonly color: string }>> = {
  passed: { words: "passed", color: "brightgreen" },
  failed: { words: "failed", color: "red" },
  waiting: { words: "waiting", color: "blue" },
  stopped: { words: "stopped", color: "lightgrey" },
  undecided: { words: "not decided", color: "orange" },
};

/**
 * The badge of a run, for the endpoint of shields.io. Without a run it is `unknown`, and a run that is older than its
 * evidence counts is `stale`, whatever it said.
 * @param report the last run, if there is one
 * @param now epoch milliseconds
 * @example badge(report, Date.now()) // { "schemaVersion": 1, "label": "towpath", "message": "staging passed", … }
 */
export function badge(report: RunReport | undefined, now: number): string {
  return `${JSON.stringify({ schemaVersion: 1, label: "towpath", ...lookOf(report, now) })}\n`;
}

function lookOf(report: RunReport | undefined, now: number): object {
  if (report === undefined) return { message: "unknown", color: "lightgrey", isError: true };
  const { plan, startedAt } = report;
  // Only a run through the stages says how a target stands; gates alone, drills and rollbacks have their name in it.
  const about = plan.kind === "run" ? plan.target : `${plan.target} ${plan.kind}`;
  const age = now - Date.parse(startedAt);
  // A clock that went back makes no run fresher than it is.
  const fresh = age >= 0 && age <= plan.maxAgeMs;
  if (!fresh) return { message: `${about} stale`, color: "lightgrey", isError: true };
  const outcome = outcomeOf(report);
  const { words, color } = looks[outcome];
  // An error's colour cannot be overridden where the badge is shown.
  return { message: `${about} ${words}`, color, isError: outcome !== "passed" };
}
