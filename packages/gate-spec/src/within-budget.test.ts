import { describe, expect, it } from "vitest";
import { BudgetExceeded, withinBudget } from "./within-budget.ts";

function spin(): never {
  for (;;);
}

describe("withinBudget", () => {
  it("returns what the computation returns, undefined too", () => {
    expect(withinBudget(() => [1, 2], 1_000)).toEqual([1, 2]);
    expect(withinBudget(() => undefined, 1_000)).toBeUndefined();
  });

  it("hands on the very error of the computation", () => {
    const error = new TypeError("mine");
    expect(() =>
      withinBudget(() => {
        throw error;
      }, 1_000),
    ).toThrow(error);
  });

  it("stops an endless loop", () => {
    expect(() => withinBudget(spin, 20, usedCpu(20))).toThrow(BudgetExceeded);
  });

  it("stops a regular expression that would never end", () => {
    const hostile = (): boolean => /^(?:a+)+$/.test(`${"a".repeat(40)}!`);
    expect(() => withinBudget(hostile, 20, usedCpu(20))).toThrow(BudgetExceeded);
  });

  it("gives a computation that was starved of processor time another, longer try", () => {
    let calls = 0;
    const slowOnce = (): string => (++calls === 1 ? spin() : "done");
    expect(withinBudget(slowOnce, 20, usedCpu(2))).toBe("done");
    expect(calls).toBe(2);
  });

  it("gives no second try to one that had its time", () => {
    let calls = 0;
    const slow = (): never => {
      calls++;
      return spin();
    };
    expect(() => withinBudget(slow, 20, usedCpu(18))).toThrow(BudgetExceeded);
    expect(calls).toBe(1);
  });
});

/** A processor clock that advances by `ms` with each look. */
function usedCpu(ms: number): () => number {
  let now = 0;
  return () => (now += ms);
}
