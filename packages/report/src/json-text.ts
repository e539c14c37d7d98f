/**
 * A document as JSON, indented. Half of a surrogate pair becomes U+FFFD: `JSON.stringify` would escape it, and strict
 * readers refuse the escape.
 */
export function jsonText(document: unknown): string {
  const text = JSON.stringify(
    document,
    (_, value: unknown) => (typeof value === "string" ? value.toWellFormed() : value),
    2,
  );
  return `${text}\n`;
}
