import type { RunRow } from "@towpath/core";
import type { OutcomeView } from "./model.ts";

/** What to do about a run, as commands to paste or sentences; nothing when it passed or still runs. */
export function nextSteps(row: RunRow, outcomes: readonly OutcomeView[]): readonly string[] {
  const { id, plan, status, exit, wait } = row;
  if (exit === 0 || status === "superseded" || status === "running") return [];
  const again = plan.kind === "check" ? checkCommand(row, []) : `towpath resume ${id}`;
  if (status === "unknown" || exit === 6)
    return ["look at the target, then:", again, `or, if it cannot say: ${again} --settle applied|absent`];
  if (wait !== undefined)
    return [...new Set([...wait.next, wait.until === undefined ? again : "towpath resume --due"])];
  if (status !== "closed" || exit === undefined || exit >= 128) return [again];
  if (plan.kind !== "run" && plan.kind !== "check") return [];
  const blocking = (verdict: string): readonly OutcomeView[] =>
    outcomes.filter((outcome) => outcome.required && outcome.verdict === verdict);
  const failed = blocking("failed");
  if (failed.length > 0) return [checkCommand(row, [...new Set(failed.map(({ gate }) => gate))])];
  const errored = blocking("errored");
  return errored.length > 0
    ? [...new Set([...errored.flatMap(({ fix }) => fix), "towpath doctor"])]
    : [`towpath explain ${id}`];
}

function checkCommand({ plan }: RunRow, gates: readonly string[]): string {
  const components = plan.components.flatMap(({ name }) => ["--component", name]);
  return ["towpath check", ...gates, ...components, "--target", plan.target].join(" ");
}
