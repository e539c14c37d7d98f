import { describe, expect, it } from "vitest";
import { logOf, versions } from "../test/recorded.ts";
import { type OutcomeCounts, outcomeCounts } from "./outcome-counts.ts";
import { testOutcomes } from "./test-outcomes.ts";

function countsOf(version: string, name: string): OutcomeCounts {
  const log = logOf(version, name);
  return outcomeCounts({ ...log, tests: testOutcomes(log) });
}

describe.each(versions)("the counts of %s", (version) => {
  it("has each test once, in pytest's words", () => {
    // pytest says 3 failed, 5 passed, 1 skipped, 1 xfailed, 1 xpassed, 3 errors: of two tests it counts the call too.
    const counts = { passed: 4, failed: 3, errors: 2, skipped: 1, xfailed: 1, xpassed: 1 };
    expect(countsOf(version, "outcomes")).toEqual(counts);
    expect(countsOf(version, "outcomes-xdist")).toEqual(counts);
  });

  it("counts files that cannot be collected, and files that are skipped", () => {
    expect(countsOf(version, "collect-error")).toMatchObject({ passed: 0, errors: 1, skipped: 0 });
    expect(countsOf(version, "skipped-file")).toMatchObject({ passed: 1, errors: 0, skipped: 1 });
    expect(countsOf(version, "skipped-file-xdist")).toMatchObject({ passed: 1, errors: 0, skipped: 1 });
  });
});
