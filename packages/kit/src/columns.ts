/**
 * A column in code points for one in UTF-16 units; both are 1-based. A column behind the end of the line keeps its
 * distance to it.
 * @param line text of the whole line
 * @example codePointColumn("😀x", 3) // 2
 */
export function codePointColumn(line: string, column: number): number {
  let pairs = 0;
  for (let unit = 0; unit < Math.min(column - 1, line.length); unit++) {
    const code = line.codePointAt(unit) ?? 0;
    if (code > 0xffff && unit + 1 < column - 1) {
      pairs++;
      unit++;
    }
  }
  return column - pairs;
}
