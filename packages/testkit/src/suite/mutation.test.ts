import { assert, property, sample, uint8Array } from "fast-check";
import { expect, it } from "vitest";
import { differsInNumbersOnly, mutate, mutation } from "./mutation.ts";

const report = Buffer.from('{"line": 12, "column": 3, "text": "bad"}');

it.each([
  [{ kind: "empty" }, ""],
  [{ kind: "twice" }, `${report}${report}`],
  [{ kind: "cut", at: 0.5 }, '{"line": 12, "column'],
  [{ kind: "flip", at: 0, bit: 0 }, `z${report.subarray(1)}`],
  [{ kind: "delete", at: 0, length: 9 }, String(report.subarray(10))],
  [{ kind: "repeat", at: 0, length: 0 }, `{${report}`],
  [{ kind: "blank", at: 0, length: 1 }, `  ${report.subarray(2)}`],
  [{ kind: "swap numbers", at: 0.9, with: 0 }, '{"line": 3, "column": 12, "text": "bad"}'],
] as const)("does %o", (change, damaged) => {
  expect(String(mutate(report, change))).toBe(damaged);
});

it("never changes the report that it is given, whatever its bytes", () => {
  const unchanged = property(uint8Array(), mutation, (bytes, change) => {
    const before = Buffer.from(bytes);
    mutate(bytes, change);
    return before.equals(bytes);
  });
  assert(unchanged);
});

it("reaches every part of a report", () => {
  const places = sample(mutation, { numRuns: 500, seed: 1 }).flatMap((change) =>
    "at" in change ? [change.at] : [],
  );
  for (let tenth = 0; tenth < 10; tenth += 1) {
    const hits = places.filter((place) => Math.floor(place * 10) === tenth).length;
    expect(hits / places.length).toBeGreaterThan(0.04);
  }
});

it.each([
  ['{"line": 9, "column": 3, "text": "bad"}', true],
  ['{"line": 12, "column": , "text": "bad"}', false],
  ['{"line": 12, "column": 3, "text": "mad"}', false],
])("knows whether only numbers differ in %s", (damaged, only) => {
  expect(differsInNumbersOnly(report, Buffer.from(damaged))).toBe(only);
});
