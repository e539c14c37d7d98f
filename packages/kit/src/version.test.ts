import { expect, it } from "vitest";
import { describeRange, findVersion, isInRange } from "./version.ts";

it.each([
  ["ruff 0.17.6", "0.17.6"],
  ["Python 3.11.7", "3.11.7"],
  ["v24.21.0\n", "24.21.0"],
  ["Coverage.py, version 7.17.3 with C extension\nFull documentation is at …/7.17.3", "7.17.3"],
  ["bandit 1.9.4\n  python version = 3.11.7 (main)", "1.9.4"],
  ["This is pytest version 9.2.0, imported from /usr/lib/python3.12/site-packages", "9.2.0"],
  ["/usr/lib/python3.12/x: tool 1.2", "1.2"],
  ["tool 2.0.0rc1", "2.0.0rc1"],
  ["tool 2.0.dev3", "2.0.dev3"],
  ["1.40.1-beta.2", "1.40.1-beta.2"],
  ["pyright 1.1.414.", "1.1.414"],
])("finds the version in %j", (text, version) => {
  expect(findVersion(text)).toBe(version);
});

it("finds none where there is none", () => {
  for (const text of ["", "no version", "build 7", "abc1.2x3"]) expect(findVersion(text)).toBeUndefined();
});

it("compares by numbers, not by letters; the upper end is excluded", () => {
  const range = { min: "0.9", below: "0.18" };
  expect(["0.9", "0.9.0", "0.10", "0.17.99", "0.17.6rc1"].every((one) => isInRange(one, range))).toBe(true);
  expect(["0.8.99", "0.18", "0.18.0", "1.0", "unknown", ""].some((one) => isInRange(one, range))).toBe(false);
  expect(isInRange("unknown", {})).toBe(true);
  expect(describeRange(range)).toBe(">= 0.9 and < 0.18");
  expect(describeRange({ below: "2" })).toBe("< 2");
});
