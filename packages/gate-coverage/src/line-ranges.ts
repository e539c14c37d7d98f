/**
 * Writes line numbers as ranges.
 * @param lines ascending
 * @param max how many ranges are written; the rest is counted
 * @example lineRanges([1, 2, 3, 7]) // "1-3, 7"
 */
export function lineRanges(lines: readonly number[], max = 20): string {
  const ranges: { from: number; to: number }[] = [];
  for (const line of lines) {
    const last = ranges.at(-1);
    if (last !== undefined && line === last.to + 1) last.to = line;
    else ranges.push({ from: line, to: line });
  }
  const shown = ranges.slice(0, max).map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`));
  return shown.join(", ") + (ranges.length > max ? ` and ${ranges.length - max} more` : "");
}
