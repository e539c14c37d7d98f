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

  it("never exceeds the cap, jitter included (TTA: jitter came after the cap), and never falls below half of the full delay", () => {
    const backoff = fc.record({
      max: fc.integer({ min: 1, max: 20 }),
      baseMs: fc.integer({ min: 0, max: 100_000 }),
      factor: fc.double({ min: 1, max: 10, noNaN: true }),
      capMs: fc.integer({ min: 0, max: 100_000 }),
    });
    fc.assert(
      fc.property(
        backoff,
        fc.integer({ min: 1, max: 20 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (b, n, r) => {
          const delay = delayBefore(n, b, () => r);
          if (n > b.max) return delay === undefined;
          const full = Math.min(b.capMs, b.baseMs * b.factor ** (n - 1));
          return delay !== undefined && delay <= b.capMs && delay >= Math.floor(full / 2);
        },
      ),
    );
  });
});
