import { array, assert, double, integer, property } from "fast-check";
import { expect, it } from "vitest";
import { bootstrapInterval, percentile } from "./statistics.ts";

const upTo = (size: number): readonly number[] => Array.from({ length: size }, (_, index) => index + 1);
const sample = array(double({ min: 0, max: 1e5, noNaN: true }), { minLength: 1, maxLength: 300 }).map(
  (list) => list.toSorted((a, b) => a - b),
);

it.each([
  [100, 95, 95],
  [20, 95, 19],
  [19, 95, 19],
  [60, 95, 57],
  [1, 95, 1],
  [1000, 99, 990],
  [3, 50, 2],
])("of %d values, percentile %d is the one with rank %d", (size, percent, rank) => {
  expect(percentile(upTo(size), percent)).toBe(rank);
});

it("gives a percentile that so many percent do not exceed, and fewer would", () => {
  assert(
    property(sample, integer({ min: 1, max: 99 }), (sorted, percent) => {
      const value = percentile(sorted, percent);
      const share = (count: number): number => count * 100;
      expect(share(sorted.filter((each) => each <= value).length)).toBeGreaterThanOrEqual(
        percent * sorted.length,
      );
      expect(share(sorted.filter((each) => each < value).length)).toBeLessThan(percent * sorted.length);
    }),
  );
});

it("gives an interval of measured values around the percentile", () => {
  assert(
    property(sample, (sorted) => {
      const { low, high } = bootstrapInterval(sorted, 95);
      const value = percentile(sorted, 95);
      expect(low).toBeLessThanOrEqual(value);
      expect(high).toBeGreaterThanOrEqual(value);
      expect(sorted).toContain(low);
      expect(sorted).toContain(high);
    }),
  );
});

it.each([[40], [200], [1000]])("gives the interval that drawing from %d values gives", (size) => {
  const sorted = upTo(size);
  // A fixed sequence, so that the test says the same each time.
  let state = 42;
  const random = (): number => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
  const draws = Array.from({ length: 4_000 }, () => {
    const drawn = Array.from({ length: size }, () => sorted[Math.floor(random() * size)] ?? 0);
    return percentile(
      drawn.toSorted((a, b) => a - b),
      95,
    );
  }).toSorted((a, b) => a - b);
  const { low, high } = bootstrapInterval(sorted, 95);
  const near = Math.max(1, size * 0.003);
  expect(Math.abs(low - percentile(draws, 2.5))).toBeLessThanOrEqual(near);
  expect(Math.abs(high - percentile(draws, 97.5))).toBeLessThanOrEqual(near);
});

it("stays exact for the largest sample", () => {
  const { low, high } = bootstrapInterval(upTo(300_000), 95);
  // The normal approximation of the rank: 285000 ± 1.96 √(300000 × 0.95 × 0.05).
  expect(Math.abs(low - (285_000 - 234))).toBeLessThan(5);
  expect(Math.abs(high - (285_000 + 234))).toBeLessThan(5);
});
