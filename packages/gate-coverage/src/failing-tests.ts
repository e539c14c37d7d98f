import type { FindingDraft } from "@towpath/kit";
import { flakyTests } from "./flaky-tests.ts";
import type { CoverageOptions } from "./options.ts";
import type { SuiteRun } from "./suite-run.ts";
import { collectFailure, failedTest, flakyTest, type Roots } from "./test-findings.ts";

/** What speaks against a run in which every test must pass. */
export interface FailingTests {
  readonly drafts: readonly FindingDraft[];
  /** Failed tests, test files that cannot be collected, and flaky tests unless those only warn. */
  readonly count: number;
}

/**
 * Judges a run in which every test must pass.
 * @param flaky what a test does that failed and then passed: it counts as failing, or only warns
 * @param root absolute path of the repository root
 */
export function failingTests(run: SuiteRun, flaky: CoverageOptions["flaky"], root: string): FailingTests {
  const roots: Roots = { root, rootdir: run.rootdir };
  const unsteady = flakyTests(run);
  const failed = run.tests.filter((test) => test.outcome === "failed" && !unsteady.includes(test));
  const level = flaky === "fail" ? "error" : "warning";
  return {
    drafts: [
      ...run.collectErrors.map((error) => collectFailure(error, roots)),
      ...failed.map((test) => failedTest(test, roots)),
      ...unsteady.map((test) => flakyTest(test, level, roots)),
    ],
    count: run.collectErrors.length + failed.length + (flaky === "fail" ? unsteady.length : 0),
  };
}
