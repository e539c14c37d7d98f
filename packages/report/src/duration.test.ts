import { describe, expect, it } from "vitest";
import { duration } from "./duration.ts";

describe("duration", () => {
  it.each([
    [0.4, "0 ms"],
    [840, "840 ms"],
    [3240, "3.2 s"],
    [59_940, "59.9 s"],
    [125_000, "2 m 05 s"],
  ])("writes %d ms as %s", (ms, text) => {
    expect(duration(ms)).toBe(text);
  });
});
