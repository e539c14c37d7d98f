import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { scanMarkdown } from "./scan-markdown.ts";

describe("scanMarkdown", () => {
  it("finds headings with the first lines below them, and none in fences", () => {
    const text =
      "# Shelf #\n\nKeeps books.\nIn order.\n\n```\n# no\n```\n## Putting\n~~~\n```\n# no\n~~~\n####### no\n#no\n";
    expect(scanMarkdown(text)).toEqual([
      { kind: "section", line: 1, name: "Shelf", doc: "Keeps books.\nIn order." },
      { kind: "section", line: 9, name: "Putting", doc: "####### no\n#no" },
    ]);
  });

  it("keeps little of a long text, whatever it is", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("#", " ", "\n", "`", "~", "a", "\r") }), (text) => {
        const found = scanMarkdown(text);
        expect(found.every(({ doc, name }) => doc.length <= 300 && name.length <= 200)).toBe(true);
      }),
    );
    expect(scanMarkdown(`# ${"x".repeat(1_000_000)}\n${"y".repeat(1_000_000)}`)[0]?.doc).toHaveLength(300);
  });
});
