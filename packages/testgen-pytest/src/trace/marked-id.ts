/**
 * The id that a marker names, as the specification's reader writes it: without leading zeros, in capitals when it has a
 * number.
 * @example markedId("fr_001") // "FR-1"
 */
export function markedId(written: string): string {
  const match = /^([A-Za-z]+)((?:[-_][A-Za-z][A-Za-z0-9]*)*)[-_ ]?(\d+(?:\.\d+)*)$/.exec(written.trim());
  if (match === null) return written.trim();
  const [, word = "", area = "", number = ""] = match;
  const digits = number.split(".").map((part) => part.replace(/^0+(?=\d)/, ""));
  return `${word}${area.replaceAll("_", "-")}-${digits.join(".")}`.toUpperCase();
}
