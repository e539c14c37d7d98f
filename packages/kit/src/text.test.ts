import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { excerpt, sanitize } from "./text.ts";

describe("sanitize", () => {
  it.each([
    ["colours", "\u001b[1;31mred\u001b[0m", "red"],
    ["cursor and erase", "a\u001b[2J\u001b[Hb", "ab"],
    ["8-bit CSI", "a\u009b31mb", "ab"],
    ["a title", "\u001b]0;owned\u0007x", "x"],
    ["a link (OSC 8)", "\u001b]8;;http://evil\u001b\\text\u001b]8;;\u001b\\", "text"],
    ["the clipboard (OSC 52)", "\u001b]52;c;ZXZpbA==\u0007x", "x"],
    ["a device string", "\u001bPpayload\u001b\\x", "x"],
    ["bell, backspace, carriage return", "a\u0007b\bc\rd", "abcd"],
    ["Windows line ends", "a\r\nb", "a\nb"],
    ["tabs and line breaks stay", "a\tb\nc", "a\tb\nc"],
    ["right-to-left override", "a\u202eb", "a<U+202E>b"],
    ["zero width", "a\u200bb\ufeff", "a<U+200B>b<U+FEFF>"],
    ["tags", "a\u{e0041}", "a<U+E0041>"],
    ["a lone surrogate", "a\ud800b", "a\ufffdb"],
    ["letters of all scripts stay", "naïve 日本 😀 עברית", "naïve 日本 😀 עברית"],
  ])("S10: %s", (_, text, clean) => {
    expect(sanitize(text)).toBe(clean);
  });

  it("S10: an unfinished sequence hides no more than its line", () => {
    expect(sanitize("\u001b]0;title\nFAILED")).toBe("\nFAILED");
  });

  it("S10: no control or reordering character is left of any text", () => {
    const nasty = fc.constantFrom(
      "\u001b",
      "[",
      "]",
      "\u009b",
      "\u009d",
      "\u0007",
      "\r",
      "\n",
      ";",
      "m",
      "\\",
      "\u202e",
      "\u2066",
      "x",
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: "binary" }),
          fc.array(nasty).map((list) => list.join("")),
        ),
        (text) => {
          expect(sanitize(text)).not.toMatch(
            // oxlint-disable-next-line no-control-regex -- they are what is looked for
            /[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200b-\u200f]/,
          );
        },
      ),
    );
  });

  it("S16: hostile text takes time in proportion to its length", () => {
    for (const piece of ["\u001b[", "\u001b]", "\u009d", "\u001b[0;", "\u001b[ ", "\u001b"]) {
      expect(sanitize(piece.repeat(200_000)).length).toBeLessThan(2_000_000);
    }
  });
});

describe("excerpt", () => {
  it("keeps a short text and says how much of a long one is missing", () => {
    expect(excerpt("short\u0007\n")).toBe("short");
    expect(excerpt("0123456789", 4)).toBe("0123 … (10 characters in all)");
  });

  it("splits no character", () => {
    expect(excerpt("😀😀😀", 2)).toBe("😀😀 … (6 characters in all)");
  });
});
