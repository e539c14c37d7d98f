import type { JunitCase } from "@towpath/kit";

/** How many test cases of a JUnit report failed or broke. */
export function failingCases(cases: readonly JunitCase[]): number {
  return cases.filter(({ outcome }) => outcome === "failed" || outcome === "error").length;
}
