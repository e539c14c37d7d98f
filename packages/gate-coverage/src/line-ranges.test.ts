import { expect, it } from "vitest";
import { lineRanges } from "./line-ranges.ts";

it.each([
  [[], ""],
  [[4], "4"],
  [[1, 2, 3, 7, 9, 10], "1-3, 7, 9-10"],
])("writes %j as %j", (lines, text) => {
  expect(lineRanges(lines)).toBe(text);
});

it("counts what it does not write", () => {
  expect(lineRanges([1, 3, 5, 7], 2)).toBe("1, 3 and 2 more");
});
