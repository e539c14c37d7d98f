import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { delayBefore } from "./retry.ts";
import { stages } from "./stages.ts";

const table = (name: string): number[] => {
  const retry = stages.find((stage) => stage.name === name)?.retry;
  if (!retry) throw new Error(`no stage ${name}`);
  return Array.from({ length: retry.max }, (_, index) => delayBefore(index + 1, retry) ?? Number.NaN);
};

describe("delayBefore", () => {
  it("gives the founding table to the millisecond", () => {
    expect(table("testing")).toEqual([1000, 2000, 4000]);
    expect(table("staging")).toEqual([2000, 4000, 8000, 16_000, 30_000]);
    expect(table("production")).toEqual([5000, 7500, 11_250]);
  });

  it("has no retry left after the last, and none before the first", () => {
    const retry = { max: 2, baseMs: 10, factor: 2, capMs: 100 };
    expect(delayBefore(3, retry)).toBeUndefined();
    expect(delayBefore(0, retry)).toBeUndefined();
  });

  it("never exceeds the cap, and never shrinks from one retry to the next (TTA: jitter came after the cap)", () => {
    const backoff = fc.record({
      max: fc.integer({ min: 2, max: 20 }),
      baseMs: fc.integer({ min: 0, max: 100_000 }),
      factor: fc.double({ min: 1, max: 10, noNaN: true }),
      capMs: fc.integer({ min: 0, max: 100_000 }),
    });
    fc.assert(
      fc.property(backoff, (b) => {
        const delays = Array.from({ length: b.max }, (_, index) => delayBefore(index + 1, b) ?? Infinity);
        return delays.every((delay, index) => delay <= b.capMs && delay >= (delays[index - 1] ?? 0));
      }),
    );
  });
});
