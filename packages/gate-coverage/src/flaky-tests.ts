import type { SuiteRun } from "./suite-run.ts";
import type { TestOutcome } from "./test-outcomes.ts";

/**
 * The tests that failed and passed on the same code: in the end by a plugin that ran them again, or alone in a fresh
 * process after the run.
 */
export function flakyTests(run: Pick<SuiteRun, "tests" | "reruns">): readonly TestOutcome[] {
  const passedAlone = new Set(run.reruns.passed);
  return run.tests.filter(
    (test) => passedAlone.has(test.nodeid) || (test.rerun && test.outcome === "passed"),
  );
}
