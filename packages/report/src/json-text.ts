/**
 * A document as JSON, indented. Half of a surrogate pair becomes U+FFFD: `JSON.stringify` would escape it, and strict
 * readers refuse the escape. Nothing in it is a command of a CI that reads it in a log.
 */
export function jsonText(document: unknown): string {
  const text = JSON.stringify(
    document,
    (_, value: unknown) => (typeof value === "string" ? value.toWellFormed() : value),
    2,
  );
  // GitHub's runner carries out `##[…]` anywhere in a line.
  return `${text.replaceAll("##[", String.raw`#\u0023[`)}\n`;
}
