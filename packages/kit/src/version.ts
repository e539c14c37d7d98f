import type { VersionRange } from "@towpath/core";

const version = /(?<![\w.])v?(\d+(?:\.\d+)+(?:[-.+]?(?:a|b|rc|alpha|beta|dev|post)[.-]?\d*)*)(?!\w)/i;

/**
 * The first version number in what a tool printed.
 * @example findVersion("Coverage.py, version 7.17.3 with C extension") // "7.17.3"
 */
export function findVersion(text: string): string | undefined {
  return version.exec(text)?.[1];
}

/** Whether a version lies in a range, by its numbers alone: `1.0rc1` counts as `1.0`. */
export function isInRange(found: string, { min, below }: VersionRange): boolean {
  return (
    (min === undefined || compare(found, min) >= 0) && (below === undefined || compare(found, below) < 0)
  );
}

/** @example describeRange({ min: "0.15", below: "0.18" }) // ">= 0.15 and < 0.18" */
export function describeRange({ min, below }: VersionRange): string {
  return [min && `>= ${min}`, below && `< ${below}`].filter(Boolean).join(" and ");
}

function compare(a: string, b: string): number {
  const [left, right] = [numbers(a), numbers(b)];
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function numbers(text: string): number[] {
  return (/^\d+(?:\.\d+)*/.exec(text)?.[0] ?? "").split(".").map(Number);
}
