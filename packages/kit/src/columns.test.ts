import * as fc from "fast-check";
import { expect, it } from "vitest";
import { codePointColumn } from "./columns.ts";

it("a character beyond 16 bits is one column, not two", () => {
  expect([1, 2, 3, 4, 5, 9].map((column) => codePointColumn("a😀b", column))).toEqual([1, 2, 3, 3, 4, 8]);
  expect(codePointColumn("", 7)).toBe(7);
});

it("is the number of code points before the column, for any line", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (before, after) => {
      expect(codePointColumn(before + after, before.length + 1)).toBe([...before].length + 1);
    }),
  );
});
