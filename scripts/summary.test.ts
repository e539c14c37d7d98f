import { describe, expect, it } from "vitest";
import { countMissing, countTests, summaryLine } from "./summary.mjs";

const clean = {
  success: true,
  numPassedTests: 12,
  numFailedTests: 0,
  numPendingTests: 2,
  numTodoTests: 1,
  testResults: [{ name: "a.test.ts", status: "passed", assertionResults: [{ status: "passed" }] }],
};

describe("countTests", () => {
  it("counts what vitest counted, todo as skipped", () => {
    expect(countTests(clean)).toEqual({ passed: 12, failed: 0, skipped: 3 });
  });

  it("counts a file that could not be loaded as a failure", () => {
    const broken = { name: "b.test.ts", status: "failed", assertionResults: [] };
    const report = { ...clean, success: false, testResults: [...clean.testResults, broken] };
    expect(countTests(report).failed).toBe(1);
  });

  it("counts a file whose set-up threw as a failure, although its tests were only skipped", () => {
    const broken = { name: "c.test.ts", status: "failed", assertionResults: [{ status: "skipped" }] };
    expect(countTests({ ...clean, success: false, testResults: [broken] }).failed).toBe(1);
  });

  it("does not count a failed test twice", () => {
    const failed = { name: "d.test.ts", status: "failed", assertionResults: [{ status: "failed" }] };
    const report = { ...clean, success: false, numFailedTests: 1, testResults: [failed] };
    expect(countTests(report).failed).toBe(1);
  });

  it("counts a run that failed outside of any test as a failure", () => {
    expect(countTests({ ...clean, success: false }).failed).toBe(1);
  });

  it("counts skipped tests of the pages as failures, and no other skipped ones", () => {
    const assertionResults = [
      { status: "skipped", fullName: "the pages (skipped: needs chromium) have no violation" },
      { status: "pending", fullName: "the pages (skipped: needs chromium) can be walked by keys" },
      { status: "skipped", fullName: "the real docker, where this machine has it, starts" },
      { status: "passed", fullName: "says that it needs chromium" },
    ];
    const report = {
      ...clean,
      numPendingTests: 3,
      testResults: [{ name: "a.test.ts", status: "passed", assertionResults }],
    };
    expect(countMissing(report)).toBe(2);
    expect(countTests(report)).toEqual({ passed: 12, failed: 2, skipped: 2 });
  });

  it("counts a run without a report as a failure", () => {
    expect(countTests(undefined)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });
});

describe("summaryLine", () => {
  it("ends the output of npm test", () => {
    expect(summaryLine({ passed: 12, failed: 1, skipped: 3 })).toBe("tests: 12 passed, 1 failed, 3 skipped");
  });
});
