import type { Edit } from "@towpath/core";

/**
 * The one replacement that turns a text into another: what is left without their common head and tail.
 * @returns undefined when the texts are equal
 * @example minimalEdit("x=1\n", "x = 1\n") // { range: 1:2–1:3, text: " = " }
 */
export function minimalEdit(before: string, after: string): Edit | undefined {
  if (before === after) return undefined;
  const [a, b] = [[...before], [...after]];
  const shorter = Math.min(a.length, b.length);
  let head = 0;
  while (head < shorter && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < shorter - head && a.at(-1 - tail) === b.at(-1 - tail)) tail++;
  const [startLine, startColumn] = place(a, head);
  const [endLine, endColumn] = place(a, a.length - tail);
  return {
    range: { startLine, startColumn, endLine, endColumn },
    text: b.slice(head, b.length - tail).join(""),
  };
}

/** Line and column of a position: lines end at LF, CR LF or CR, as in Python. */
function place(chars: readonly string[], position: number): [line: number, column: number] {
  let line = 1;
  let start = 0;
  for (let at = 0; at < position; at++) {
    const ends = chars[at] === "\n" || (chars[at] === "\r" && chars[at + 1] !== "\n");
    if (ends) [line, start] = [line + 1, at + 1];
  }
  return [line, position - start + 1];
}
