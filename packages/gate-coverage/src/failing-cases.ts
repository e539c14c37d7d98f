import type { JunitReport } from "@towpath/kit";

/** How many test cases of a JUnit report failed or broke. */
export function failingCases(report: JunitReport): number {
  return report.cases.filter((one) => one.outcome === "failed" || one.outcome === "errored").length;
}
