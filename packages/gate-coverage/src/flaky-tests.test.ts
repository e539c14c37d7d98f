import { expect, it } from "vitest";
import { logOf } from "../test/recorded.ts";
import { flakyTests } from "./flaky-tests.ts";
import { testOutcomes } from "./test-outcomes.ts";

const tests = testOutcomes(logOf("pytest-9.2.0", "reruns"));
const names = (passed: readonly string[]): readonly string[] =>
  flakyTests({ tests, reruns: { passed, broken: undefined, left: 0 } }).map((test) =>
    test.nodeid.replace(/^.*::/, ""),
  );

it("is a test that a plugin ran until it passed", () => {
  expect(names([])).toEqual(["test_passes_at_last"]);
});

it("is a test that passes alone", () => {
  expect(names(["tests/test_a.py::test_never_passes"])).toEqual(["test_passes_at_last", "test_never_passes"]);
});
