import type { ErrorData, GateResult, RunReport, Verdict } from "@towpath/core";
import { promotes, verdicts } from "@towpath/core";
import { when } from "./when.ts";

/** Every result of a run; of a gate that ran again after a fix, the last one. */
export function allResults(report: RunReport): readonly GateResult[] {
  const last = new Map<string, GateResult>();
  for (const stage of report.stages) {
    for (const result of stage.results) last.set(`${result.gate}\n${result.component}`, result);
  }
  return [...last.values()];
}

/** How many results have each verdict. */
export function countVerdicts(results: readonly GateResult[]): Readonly<Record<Verdict, number>> {
  const counts = Object.fromEntries(verdicts.map((verdict) => [verdict, 0])) as Record<Verdict, number>;
  for (const result of results) counts[result.verdict] += 1;
  return counts;
}

/** `2 failed · 1 errored · 9 passed`, the worst first. */
export function countsLine(results: readonly GateResult[], separator = " · "): string {
  const counts = countVerdicts(results);
  const order: readonly Verdict[] = [
    "failed",
    "errored",
    "inconclusive",
    "waived",
    "warned",
    "passed",
    "skipped",
  ];
  const parts = order
    .filter((verdict) => counts[verdict] > 0)
    .map((verdict) => `${counts[verdict]} ${verdict}`);
  return parts.length === 0 ? "no gate ran" : parts.join(separator);
}

/** How a run ended, in a word. Everything but `passed` means: do not go on. */
export type Outcome = "passed" | "failed" | "waiting" | "stopped" | "undecided";

/**
 * How a run ended. A record whose exit code and results contradict each other, and a check of nothing, are `undecided`:
 * they never look clean.
 * @example outcomeOf(report) === "passed"
 */
export function outcomeOf(report: RunReport): Outcome {
  const { exit, wait } = report;
  if (exit >= 128) return "stopped";
  if (exit === 0)
    return report.status === "closed" && !contradicts(report) && somethingWasAsked(report)
      ? "passed"
      : "undecided";
  if (exit === 1) return "failed";
  return wait === undefined ? "undecided" : "waiting";
}

/** Whether a required gate does not say yes, or a decision says no, although the run says yes. */
function contradicts(report: RunReport): boolean {
  return (
    allResults(report).some(({ required, verdict }) => required && !promotes(verdict)) ||
    report.stages.at(-1)?.decision?.promotes === false
  );
}

/** Whether a check has at least one result that is an answer. */
function somethingWasAsked(report: RunReport): boolean {
  return (
    report.plan.kind !== "check" ||
    allResults(report).some(({ verdict }) => promotes(verdict) || verdict === "failed")
  );
}

/** What to do after a run, as commands to paste or sentences. */
export function nextSteps(report: RunReport): readonly string[] {
  if (report.exit === 0) return [];
  const resume = report.plan.kind === "check" ? "run the same command again" : `towpath resume ${report.run}`;
  if (report.exit >= 128) return [resume];
  if (report.exit === 6)
    return ["look at the target, then:", resume, `or, if it cannot say: ${resume} --settle applied|absent`];
  if (report.wait !== undefined)
    return [
      ...new Set([...report.wait.next, report.wait.until === undefined ? resume : "towpath resume --due"]),
    ];
  const results = allResults(report).filter((result) => result.required);
  const failed = results.filter((result) => result.verdict === "failed");
  if (report.plan.kind !== "run" && report.plan.kind !== "check") return [];
  const errored = results.filter((result) => result.verdict === "errored");
  const component = report.plan.components.map((item) => ` --component ${item.name}`).join("");
  if (failed.length > 0) {
    const gates = [...new Set(failed.map((result) => result.gate))].join(" ");
    return [`towpath check ${gates}${component} --target ${report.plan.target}`];
  }
  if (errored.length > 0)
    return [...new Set([...errored.flatMap((result) => result.error?.fix ?? []), "towpath doctor"])];
  const broke = stageError(report);
  if (broke !== undefined) return [...new Set([...broke.fix, `towpath explain ${broke.code}`])];
  const code = report.stages.at(-1)?.code;
  return [`towpath explain ${code ?? "TP6001"}`];
}

/** Why a run stopped or paused where its gates do not say it. */
export function stopReason(report: RunReport): string | undefined {
  if (report.message !== undefined && report.exit !== 0) return report.message;
  const ended = report.stages.find(({ status }) => status === "stopped" || status === "paused");
  return report.wait === undefined ? ended?.reason : undefined;
}

/** What broke at the stage that ended the run, where it was the stage's own work and not a gate. */
export function stageError(report: RunReport): ErrorData | undefined {
  return report.stages.find(({ status }) => status === "stopped" || status === "paused")?.error;
}

/** What a run waits for, in words with the time. */
export function waitText({ wait }: RunReport): string | undefined {
  if (wait === undefined) return undefined;
  return `${wait.for}${wait.until === undefined ? "" : `, until ${when(wait.until)}`}`;
}

/** Reasons of the last decision that block and that no result shows: missing, stale or foreign evidence. */
export function missingEvidence(
  report: RunReport,
): readonly { readonly gate: string; readonly component: string; readonly message: string }[] {
  const reasons = report.stages.at(-1)?.decision?.reasons ?? [];
  return reasons.filter((reason) => reason.blocks && reason.verdict === "missing");
}
