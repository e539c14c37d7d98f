/** A range of lines that belongs to a requirement. */
export interface Owned {
  readonly id: string;
  /** 1-based. */
  readonly from: number;
  /** The last line, included. */
  readonly until: number;
}

/**
 * Tells which requirement a line of the file belongs to: the innermost one.
 * @param owned in the order of their first lines, so that what lies inside of another range comes after it
 */
export function ownersOf(owned: readonly Owned[], lines: number): (line: number) => string | undefined {
  const owner = new Int32Array(lines + 2).fill(-1);
  owned.forEach(({ from, until }, index) => owner.fill(index, from, until + 1));
  return (line) => owned[owner[line] ?? -1]?.id;
}
