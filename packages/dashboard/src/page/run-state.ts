import { estimate, isSlow, type StageRecord } from "@towpath/history";
import type { OutcomeView, RunView } from "../model.ts";
import { count, duration, timeLeft, when } from "./words.ts";

/** How a run stands, in a word: that of its badge. */
export function stateOf(run: RunView): string {
  if (run.status === "closed")
    return run.exit === 0 ? "passed" : run.exit === 1 ? "failed" : run.exit === 5 ? "waiting" : "undecided";
  return run.status === "parked" ? "waiting" : run.status;
}

/** The stage after which a component has all that a target asks. */
const lastStages: Readonly<Record<string, string>> = {
  dev: "refactoring",
  staging: "staging",
  production: "production",
};

/** What a run that passed has shown, and no more: only one through all stages makes a component ready for its target. */
export function passedSentence({ kind, target, plan, outcomes }: RunView): string {
  const last = plan.at(-1)?.stage ?? "";
  switch (kind) {
    case "run":
      return last === lastStages[target]
        ? `Ready for ${target}`
        : `Passed up to ${last}; ${target} asks for more`;
    case "check":
      return `${count(outcomes.length, "gate")} asked and passed; the stages of ${target} were not`;
    case "drill":
      return "The drill passed";
    default:
      return "The rollback is done";
  }
}

/** How long a run has been at work, in milliseconds. */
export function tookMs(run: RunView, now: number): number {
  return run.status === "running"
    ? Math.max(run.durationMs, now - run.startedAt - run.idleMs)
    : run.durationMs;
}

/** The outcomes that keep a component from its target. */
export function blockersOf(run: RunView): readonly OutcomeView[] {
  return run.outcomes.filter(
    ({ required, verdict }) => required && ["failed", "errored", "inconclusive"].includes(verdict),
  );
}

/** A stage of a run, as it is drawn. */
export interface StageState {
  readonly stage: string;
  /** `pending` where it has not begun. */
  readonly status: string;
  readonly record?: StageRecord;
  readonly slow: boolean;
}

/** The stages of a run in their order. @param past other runs, for what is slow */
export function stagesOf(run: RunView, past: readonly RunView[]): readonly StageState[] {
  return run.plan.map(({ stage, skip }) => {
    const record = run.stages.findLast((one) => one.stage === stage);
    if (record === undefined)
      return { stage, status: skip === undefined ? "pending" : "skipped", slow: false };
    const status = record.status === "running" && run.status !== "running" ? "paused" : record.status;
    const times = past
      .filter((other) => other.run !== run.run)
      .flatMap((other) => other.stages.filter((one) => one.stage === stage && one.status === "passed"))
      .map(({ durationMs }) => durationMs);
    return { stage, status, record, slow: isSlow(record.durationMs, times) };
  });
}

/** How long a run will take from now, in words; none where it does not run or waits. */
export function leftOf(run: RunView, past: readonly RunView[], now: number): string | undefined {
  if (run.wait !== undefined) {
    const { for: what, until } = run.wait;
    return `waits for ${what}${until === undefined ? "" : `, until ${when(until)}`}`;
  }
  if (run.status !== "running") return undefined;
  const stages = stagesOf(run, past).filter(({ status }) => status === "running" || status === "pending");
  const [first] = stages;
  const elapsedMs = first?.record === undefined ? 0 : Math.max(0, now - first.record.startedAt);
  const found = estimate(
    past.filter((other) => other.run !== run.run),
    {
      component: run.components[0] ?? "",
      target: run.target,
      stages: stages.map(({ stage }) => stage),
      elapsedMs,
    },
  );
  if (found === undefined) return run.kind === "run" ? "first run: no estimate" : undefined;
  if (found.p90 < 1_000) return `longer than usual (${duration(elapsedMs)} in this stage)`;
  return `${timeLeft(found.p50, found.p80)} (${found.runs} past runs)`;
}
