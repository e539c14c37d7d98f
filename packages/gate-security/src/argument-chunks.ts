/**
 * Splits arguments so that each process gets less than the smallest common limit of a command line (Windows: 32,767
 * characters; Linux and macOS allow more). One more start of a tool costs well under a second.
 * @param limit characters per chunk, separators included
 */
export function argumentChunks(
  args: readonly string[],
  limit: number = 24_000,
): readonly (readonly string[])[] {
  const chunks: string[][] = [];
  let size = Number.POSITIVE_INFINITY;
  for (const arg of args) {
    size += arg.length + 1;
    if (size > limit) {
      chunks.push([]);
      size = arg.length + 1;
    }
    chunks.at(-1)?.push(arg);
  }
  return chunks;
}
