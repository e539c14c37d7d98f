/**
 * `fail_under` of `[tool.coverage.report]` in a `pyproject.toml`, with its line. Only the forms that people write are
 * read; another one is answered as `unreadable`, never as absent.
 */
export function failUnder(
  text: string,
): { readonly value: number; readonly line: number } | "absent" | "unreadable" {
  let table = "";
  let open: string | undefined;
  let mentioned = false;
  const lines = text.split(/\r\n|\n/);
  for (const [index, raw] of lines.entries()) {
    const line = open === undefined ? raw : "";
    open = stillOpen(raw, open);
    const name = /^\s*\[([^[\]]{1,200})\]\s*(?:#.*)?$/.exec(line)?.[1];
    if (name !== undefined) table = name.replaceAll(/["'\s]/g, "");
    const key = /^\s*(?:report\s*\.\s*)?fail_under\s*=\s*(.*)$/.exec(line);
    if (key === null) {
      mentioned ||= /^[^#]*\bfail_under\b/.test(line) && /coverage/.test(table + line);
      continue;
    }
    const dotted = /report\s*\./.test(line);
    if (table !== (dotted ? "tool.coverage" : "tool.coverage.report")) continue;
    const value = /^(\d{1,3}(?:\.\d{1,6})?)\s*(?:#.*)?$/.exec(key[1] ?? "")?.[1];
    return value === undefined ? "unreadable" : { value: Number(value), line: index + 1 };
  }
  return mentioned ? "unreadable" : "absent";
}

/** The quotes of a text over several lines that is open after the line. */
function stillOpen(line: string, open: string | undefined): string | undefined {
  let quotes = open;
  for (const [mark] of line.matchAll(/"""|'''/g)) {
    if (quotes === undefined) quotes = mark;
    else if (quotes === mark) quotes = undefined;
  }
  return quotes;
}
