import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Edit } from "@towpath/core";
import { minimalEdit } from "./minimal-edit.ts";

describe("minimalEdit", () => {
  it("has nothing to say about equal texts", () => {
    expect(minimalEdit("x = 1\n", "x = 1\n")).toBeUndefined();
  });

  it.each<[string, string, Edit["range"], string]>([
    ["x=1\n", "x = 1\n", { startLine: 1, startColumn: 2, endLine: 1, endColumn: 3 }, " = "],
    ["x = 1", "x = 1\n", { startLine: 1, startColumn: 6, endLine: 1, endColumn: 6 }, "\n"],
    ["'😀';y=1\n", "'😀'\ny=1\n", { startLine: 1, startColumn: 4, endLine: 1, endColumn: 5 }, "\n"],
    ["a\r\nb  \r\n", "a\r\nb\r\n", { startLine: 2, startColumn: 2, endLine: 2, endColumn: 4 }, ""],
    ["aa\n", "a\n", { startLine: 1, startColumn: 2, endLine: 1, endColumn: 3 }, ""],
  ])("%j to %j", (before, after, range, text) => {
    expect(minimalEdit(before, after)).toEqual({ range, text });
  });

  it("turns the one text into the other, whatever they are", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "é", "😀", "\n", " ") });
    fc.assert(
      fc.property(text, text, (before, after) => {
        const edit = minimalEdit(before, after);
        expect(edit ? applyEdit(before, edit) : before).toBe(after);
      }),
    );
  });
});

function applyEdit(text: string, { range, text: put }: Edit): string {
  const lines = text.split("\n").map((line) => [...line]);
  const offset = (line: number, column: number): number =>
    lines.slice(0, line - 1).reduce((sum, chars) => sum + chars.length + 1, 0) + column - 1;
  const chars = [...text];
  const start = offset(range.startLine, range.startColumn);
  return [...chars.slice(0, start), put, ...chars.slice(offset(range.endLine, range.endColumn))].join("");
}
