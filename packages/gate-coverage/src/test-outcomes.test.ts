import { describe, expect, it } from "vitest";
import { logOf, versions } from "../test/recorded.ts";
import { testOutcomes } from "./test-outcomes.ts";

const short = (nodeid: string): string => nodeid.replace(/^.*?::/, "");

describe.each(versions)("the outcomes of %s", (version) => {
  it.each(["outcomes", "outcomes-xdist"])("takes all phases of a test together (%s)", (name) => {
    const all = Object.fromEntries(
      testOutcomes(logOf(version, name)).map((test) => [
        short(test.nodeid),
        [test.outcome, test.failedAt, test.expectedFailure],
      ]),
    );
    expect(all).toEqual({
      test_passes: ["passed", undefined, false],
      test_fails: ["failed", "call", false],
      test_skipped: ["skipped", undefined, false],
      test_expected_to_fail: ["skipped", undefined, true],
      test_unexpectedly_passes: ["passed", undefined, true],
      test_strictly_expected_to_fail: ["failed", "call", false],
      test_fails_twice: ["failed", "call", false],
      test_teardown_fails: ["failed", "teardown", false],
      test_setup_fails: ["failed", "setup", false],
      "test_names[a b]": ["passed", undefined, false],
      "test_names[\\xfc]": ["passed", undefined, false],
      "test_names[x::y]": ["passed", undefined, false],
    });
  });

  it.each(["reruns", "reruns-xdist"])("sees what a rerun hides from the JUnit file (%s)", (name) => {
    const all = testOutcomes(logOf(version, name)).map(({ nodeid, outcome, rerun }) => [
      short(nodeid),
      outcome,
      rerun,
    ]);
    expect(all.toSorted()).toEqual([
      ["test_never_passes", "failed", true],
      ["test_passes_at_last", "passed", true],
    ]);
  });

  it("fails a test whose worker died", () => {
    const failed = testOutcomes(logOf(version, "worker-dies")).find((test) => test.outcome === "failed");
    expect(failed).toMatchObject({ nodeid: "tests/test_a.py::test_a", failedAt: "???" });
  });

  it("fails a test with a failed subtest", () => {
    expect(testOutcomes(logOf(version, "subtests"))).toMatchObject([{ outcome: "failed" }]);
  });

  it("gives the place of the test and the first line of its failure", () => {
    const test = testOutcomes(logOf(version, "outcomes")).find(({ nodeid }) =>
      nodeid.endsWith("::test_fails"),
    );
    expect(test).toMatchObject({
      file: "tests/test_a.py",
      line: 11,
      message: expect.stringMatching(/^assert 3 == 4/),
    });
  });
});
