import * as fc from "fast-check";
import { encode } from "gpt-tokenizer/encoding/cl100k_base";
import { describe, expect, it } from "vitest";
import { tokenCounter } from "./token-counter.ts";

const count = await tokenCounter();
const exact = (text: string): number => encode(text, { disallowedSpecial: new Set() }).length;

describe("tokenCounter", () => {
  it.each([
    ["", 0],
    ["hello world", 2],
    ["tiktoken is great!", 6],
    ["<|endoftext|>", 7],
  ])("counts %j as cl100k_base does: %i", (text, tokens) => {
    expect(count(text)).toBe(tokens);
  });

  it("is exact for texts of ordinary pieces", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 120 }), (text) => {
        expect(count(text)).toBe(exact(text));
      }),
    );
  });

  it("never counts too few, whatever pieces a text has", () => {
    const piece = fc.tuple(
      fc.constantFrom("-", "a", " ", "é", "世", "\n", "😀", "1", "=\n"),
      fc.nat({ max: 400 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 5 }), (pieces) => {
        const text = pieces.map(([unit, times]) => unit.repeat(times)).join("");
        expect(count(text)).toBeGreaterThanOrEqual(exact(text));
      }),
    );
  });

  it.each(["a", " ", "\n", "-", "世", " \n", "a-", "1"])("takes linear time for 900,000 × %j", (unit) => {
    const timeOf = (times: number): number => {
      const text = unit.repeat(times);
      const begun = performance.now();
      count(text);
      return performance.now() - begun;
    };
    timeOf(1_000);
    // In quadratic time the larger one would take hundreds of times as long.
    const small = Math.max(timeOf(30_000 / unit.length), 5);
    expect(timeOf(900_000 / unit.length)).toBeLessThan(small * 150);
  });
});
