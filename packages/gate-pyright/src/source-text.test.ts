import { project } from "@towpath/testkit";
import { expect, it } from "vitest";
import { SourceText } from "./source-text.ts";

const place = (line: number, start: number, end: number) => ({
  start: { line, character: start },
  end: { line, character: end },
});

it("counts columns from 1 in code points where pyright counts from 0 in UTF-16 units", async () => {
  const { root } = await project({ "a.py": 'x = 1\nsmile = "😀😀"; wrong: int = "one"\n' });
  const range = await new SourceText(root).range("a.py", place(1, 29, 34));
  expect(range).toEqual({ startLine: 2, startColumn: 28, endLine: 2, endColumn: 33 });
});

it("separates lines as pyright does: at CR, LF and CRLF, not at a form feed", async () => {
  const { root } = await project({ "a.py": "a\r\nb\rc\n\fdd\n" });
  const sources = new SourceText(root);
  expect(await sources.text("a.py", place(1, 0, 1))).toBe("b");
  expect(await sources.text("a.py", place(2, 0, 1))).toBe("c");
  expect(await sources.text("a.py", place(3, 1, 3))).toBe("dd");
});

it("survives a place beyond the end of the file", async () => {
  const { root } = await project({ "a.py": "x" });
  const sources = new SourceText(root);
  expect(await sources.range("a.py", place(7, 3, 4))).toEqual({
    startLine: 8,
    startColumn: 1,
    endLine: 8,
    endColumn: 1,
  });
  expect(await sources.text("a.py", place(7, 3, 4))).toBe("");
});
