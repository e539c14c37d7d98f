import { assert, double, property } from "fast-check";
import { describe, expect, it } from "vitest";
import { duration, timeLeft } from "./words.ts";

describe("what is left", () => {
  it("is never nothing and never less", () => {
    const time = double({ min: 0, max: 1e9, noNaN: true });
    assert(
      property(time, time, (a, b) => {
        const text = timeLeft(Math.min(a, b), Math.max(a, b));
        expect(text).toMatch(/^about \d+(?:–\d+)? (?:min|s) left$/);
        expect(text).not.toMatch(/ 0 | 0–|–0 /);
      }),
    );
  });

  it.each([
    [60_000, 120_000, "about 1–2 min left"],
    [12_000, 21_000, "about 10–25 s left"],
    [0, 0, "about 5 s left"],
  ])("%d to %d ms", (p50, p80, text) => {
    expect(timeLeft(p50, p80)).toBe(text);
  });
});

describe("a duration", () => {
  it.each([
    [840, "840 ms"],
    [3_210, "3.2 s"],
    [125_000, "2 m 05 s"],
    [3_600_000 * 3 + 600_000, "3 h 10 m"],
    [3_600_000 * 52, "2 d 4 h"],
  ])("%d", (ms, text) => {
    expect(duration(ms)).toBe(text);
  });
});
