import { assert, property, string } from "fast-check";
import { describe, expect, it } from "vitest";
import { type FileHead, readHead, withHead } from "./header.ts";

const head: FileHead = { component: "foo", spec: "s", generator: "1.0.0", tier: "T1", open: false };

describe("the head of a generated file", () => {
  it("says whether anything but the kind of line ends was changed", () => {
    const text = withHead(head, "a = 1\nb = 2\n");
    expect(readHead(text)).toEqual({ ...head, untouched: true });
    expect(readHead(text.replaceAll("\n", "\r\n"))?.untouched).toBe(true);
    expect(readHead(text.replace("b = 2", "b = 3"))?.untouched).toBe(false);
    expect(readHead(`${text}\n`)?.untouched).toBe(false);
    expect(readHead(text.replace('"open":false', '"open":true'))?.untouched).toBe(false);
    expect(readHead(text.replace("Do not edit", "Do edit"))?.untouched).toBe(false);
  });

  it("is no head in any other file", () => {
    expect(readHead("")).toBeUndefined();
    expect(readHead("import os\n")).toBeUndefined();
    expect(readHead("#\n# towpath-testgen: {\n")).toBeUndefined();
    expect(readHead('#\n# towpath-testgen: {"component":"foo"}\n')).toBeUndefined();
  });

  it("holds for any body", () => {
    assert(
      property(string({ unit: "grapheme" }), (body) => {
        const text = withHead(head, `${body.replaceAll("\r", "")}\n`);
        return readHead(text)?.untouched === true;
      }),
    );
  });
});
