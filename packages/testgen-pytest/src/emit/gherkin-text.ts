/**
 * A text as one line of a `.feature` file, behind a keyword: nothing in it can begin another line.
 * @example gherkinLine("a\n  Scenario: b") // "a Scenario: b"
 */
export function gherkinLine(text: string): string {
  const line = text
    .toWellFormed()
    .replaceAll(/[\p{C}\p{Z}]+/gu, " ")
    .trim();
  return line === "" ? "(nothing is said)" : line;
}

/** A row of a table. @example gherkinRow(["a|b"]) // "| a\\|b |" */
export function gherkinRow(cells: readonly string[]): string {
  const escaped = cells.map((cell) =>
    cell
      .toWellFormed()
      .replaceAll("\\", "\\\\")
      .replaceAll("|", "\\|")
      .replaceAll(/\r\n|[\n\r\u0085\u2028\u2029\v\f]/g, "\\n")
      .replaceAll(/[\p{Cc}\p{Cf}]/gu, " ")
      .trim(),
  );
  return `| ${escaped.join(" | ")} |`;
}

/** A text below a step, between its delimiters, as lines. */
export function gherkinDocString(text: string): readonly string[] {
  const lines = text
    .toWellFormed()
    .split(/\r\n|[\n\r\u0085\u2028\u2029\v\f]/)
    .map((line) => line.replaceAll(/[\p{Cc}\p{Cf}]/gu, " ").replaceAll('"""', '\\"\\"\\"'));
  return ['"""', ...lines, '"""'];
}
