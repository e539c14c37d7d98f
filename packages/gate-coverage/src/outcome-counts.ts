import type { SuiteRun } from "./suite-run.ts";

/** How often a run ended in which way, in the words of pytest's own last line. */
export interface OutcomeCounts {
  readonly passed: number;
  readonly failed: number;
  /** Tests that broke before or after their call, and files that could not be collected. */
  readonly errors: number;
  /** Skipped tests, and files that were skipped while they were collected. */
  readonly skipped: number;
  /** Failed as their `xfail` marker says. */
  readonly xfailed: number;
  /** Passed although their `xfail` marker says otherwise. */
  readonly xpassed: number;
}

/**
 * Counts a run as pytest does, but each test once: pytest counts one that passes and breaks in its teardown twice,
 * and skipped subtests beside their test.
 */
export function outcomeCounts(
  run: Pick<SuiteRun, "tests" | "collectErrors" | "collectSkips">,
): OutcomeCounts {
  const counts = {
    passed: 0,
    failed: 0,
    errors: run.collectErrors.length,
    skipped: run.collectSkips.length,
    xfailed: 0,
    xpassed: 0,
  };
  for (const { outcome, failedAt, expectedFailure } of run.tests) {
    if (outcome === "failed")
      counts[failedAt === "setup" || failedAt === "teardown" ? "errors" : "failed"] += 1;
    else if (outcome === "skipped") counts[expectedFailure ? "xfailed" : "skipped"] += 1;
    else counts[expectedFailure ? "xpassed" : "passed"] += 1;
  }
  return counts;
}
