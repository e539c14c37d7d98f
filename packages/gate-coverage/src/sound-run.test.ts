import { describe, expect, it } from "vitest";
import { judged, recorded, versions } from "../test/recorded.ts";

describe.each(versions)("a run of %s", (version) => {
  it("is sound when all tests pass", () => {
    const run = judged(recorded(version, "passes"));
    expect(run.tests.map((test) => test.outcome)).toEqual(["passed"]);
    expect(run.notes).toEqual([]);
  });

  it.each([
    ["outcomes", 5],
    ["outcomes-xdist", 5],
    ["reruns", 1],
    ["worker-dies", 1],
    ["subtests", 1],
    ["stops-at-first", 1],
    ["exit-0-after-failure", 1],
  ])("has failed tests: %s", (name, count) => {
    expect(judged(recorded(version, name)).tests.filter((test) => test.outcome === "failed")).toHaveLength(
      count,
    );
  });

  it("has no outcome for what could not be collected, and is sound all the same", () => {
    expect(judged(recorded(version, "collect-error")).tests).toEqual([]);
  });

  it.each([
    ["os-exit", "tool-crash", /died in tests\/test_a\.py::test_b \(exit code 0\)/],
    ["not-importable", "environment", /cannot import `foo`/],
    ["no-tests", "no-input", /collected no test \(exit code 5\)/],
    ["collect-only", "no-input", /collected 1 tests and ran none \(exit code 0\)/],
    ["all-skipped", "no-input", /none of 1 tests passed or failed/],
    ["internal-error", "tool-crash", /internal error/],
    [
      "exit-0-early",
      "mismatch",
      /2 tests were collected, 1 have an outcome and none of them failed \(exit code 0\)/,
    ],
    ["late-exit", "mismatch", /session ended with 0, the process with 7/],
  ])("cannot be judged: %s is %s", (name, kind, message) => {
    expect(() => judged(recorded(version, name))).toThrow(
      expect.objectContaining({ kind, message: expect.stringMatching(message) }),
    );
  });

  it("notes an exit code that no test explains, and is judged by its tests", () => {
    const run = judged(recorded(version, "exit-1-by-plugin"));
    expect(run.tests.map((test) => test.outcome)).toEqual(["passed"]);
    expect(run.notes).toEqual([expect.stringContaining("ended with 1 although no test failed")]);
  });

  it("is not judged when log and JUnit file disagree, whichever says that a test failed", () => {
    const good = recorded(version, "passes");
    const bad = recorded(version, "outcomes");
    for (const mixed of [
      { ...good, junit: bad.junit },
      { ...bad, junit: good.junit },
    ]) {
      expect(() => judged(mixed)).toThrow(expect.objectContaining({ kind: "mismatch" }));
    }
  });

  it.each([2, 4, 5, 137])("is not judged when all tests passed and the exit code is %d", (code) => {
    const good = recorded(version, "passes");
    const log = good.log?.replace('"exit": 0', `"exit": ${code}`);
    expect(() => judged({ ...good, code, log })).toThrow(expect.objectContaining({ kind: "mismatch" }));
  });

  it("is not judged when the process ended otherwise than the session, even if tests failed", () => {
    const bad = recorded(version, "outcomes");
    expect(() => judged({ ...bad, code: 99 })).toThrow(expect.objectContaining({ kind: "mismatch" }));
  });

  it("has failed although the process ended with 0", () => {
    const bad = recorded(version, "outcomes");
    expect(judged({ ...bad, code: 0 }).tests.some((test) => test.outcome === "failed")).toBe(true);
  });

  it("is not judged when a test was begun and has no outcome", () => {
    const good = recorded(version, "passes");
    const log = good.log?.replace(
      '{"t": "finish"',
      '{"t": "begin", "nodeid": "tests/test_a.py::lost"}\n{"t": "finish"',
    );
    expect(() => judged({ ...good, log })).toThrow(expect.objectContaining({ kind: "mismatch" }));
  });
});
