/** The length of a text in characters (code points), as columns are counted. */
export function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}
