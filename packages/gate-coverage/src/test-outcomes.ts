import type { PytestLog, TestLine } from "./pytest-log.ts";

/** How a test ended, all its phases and reruns taken together. */
export interface TestOutcome {
  readonly nodeid: string;
  readonly outcome: "passed" | "failed" | "skipped";
  /** Phase of the first failure. */
  readonly failedAt: string | undefined;
  /** Whether a plugin ran it again after a failure, within the same process. */
  readonly rerun: boolean;
  /** Whether an `xfail` marker took effect. */
  readonly expectedFailure: boolean;
  /** Path relative to pytest's rootdir. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  readonly message: string | undefined;
  readonly spec: readonly string[];
}

/**
 * One outcome for each test that has one, in the order of their first lines. A failure in any phase makes a failed
 * test; a test that was only ever begun again has no outcome.
 */
export function testOutcomes(log: PytestLog): readonly TestOutcome[] {
  const byId = Map.groupBy(log.tests, (line) => line.nodeid);
  return [...byId.values()].flatMap((lines) => outcomeOf(lines) ?? []);
}

function outcomeOf(lines: readonly TestLine[]): TestOutcome | undefined {
  const failed = lines.find((line) => line.outcome === "failed");
  const decisive =
    failed ??
    lines.find((line) => line.outcome === "passed") ??
    lines.find((line) => line.outcome === "skipped");
  if (decisive === undefined || decisive.outcome === "rerun") return undefined;
  const { nodeid, outcome, file, line, message, spec, xfail } = decisive;
  return {
    nodeid,
    outcome,
    failedAt: failed?.when,
    rerun: lines.some((one) => one.outcome === "rerun"),
    expectedFailure: xfail !== undefined,
    file,
    line,
    message: message ?? lines.find((one) => one.message !== undefined)?.message,
    spec,
  };
}
