/**
 * What counts of vitest's JSON report.
 * @typedef {object} TestReport
 * @property {boolean} success
 * @property {number} numPassedTests
 * @property {number} numFailedTests
 * @property {number} numPendingTests
 * @property {number} numTodoTests
 * @property {readonly { name: string, status: string, assertionResults: readonly { status: string, fullName?: string }[] }[]} testResults
 */

/** What titles of tests say that were skipped and must not be: without them nobody knows whether the pages work. */
const mustRun = "needs chromium";

/**
 * Counts the tests of a run that were skipped and must not be.
 * @param {TestReport | undefined} report
 */
export function countMissing(report) {
  return (report?.testResults ?? [])
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(
      ({ status, fullName = "" }) => status !== "passed" && status !== "failed" && fullName.includes(mustRun),
    ).length;
}

/**
 * Counts the tests of a run. Those that were skipped and must not be are failures. A file that failed without a failed test (it could not be loaded, or its set-up threw)
 * is one failure; so is a run that failed for another reason, and a run that left no report.
 * @param {TestReport | undefined} report
 * @returns {{ passed: number, failed: number, skipped: number }}
 */
export function countTests(report) {
  if (report === undefined) return { passed: 0, failed: 1, skipped: 0 };
  const broken = report.testResults.filter(
    ({ status, assertionResults }) =>
      status === "failed" && !assertionResults.some((assertion) => assertion.status === "failed"),
  ).length;
  const missing = countMissing(report);
  const failed = report.numFailedTests + broken + missing;
  return {
    passed: report.numPassedTests,
    failed: failed === 0 && !report.success ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests - missing,
  };
}

/** The line that ends `npm test`. @param {{ passed: number, failed: number, skipped: number }} counts */
export function summaryLine({ passed, failed, skipped }) {
  return `tests: ${passed} passed, ${failed} failed, ${skipped} skipped`;
}
