/** A line whose words may have line breaks: those of a tool must not look like one of ours. */
export function hanging(line: string): string {
  return line.replaceAll(/\r?[\n\u2028\u2029]/g, "\n        ");
}
