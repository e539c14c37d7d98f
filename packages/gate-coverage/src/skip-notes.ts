import { sanitize } from "@towpath/kit";
import type { OutcomeCounts } from "./outcome-counts.ts";
import type { SuiteRun } from "./suite-run.ts";

/** What a reader should know of the tests that were skipped or failed as expected. */
export function skipNotes(
  { skipped, xfailed }: OutcomeCounts,
  { tests, collectSkips }: SuiteRun,
): readonly string[] {
  const alone = skipped - collectSkips.length;
  const files = collectSkips.map(({ nodeid, reason }) => `${nodeid} (${sanitize(reason)})`);
  return [
    ...(alone === 0 ? [] : [`${alone} of ${tests.length} tests were skipped`]),
    ...(xfailed === 0 ? [] : [`${xfailed} of ${tests.length} tests failed as expected`]),
    ...(files.length === 0
      ? []
      : [`skipped whole, so that their tests are not counted: ${files.join(", ")}`]),
  ];
}
