/** A value of front matter: a text, or a list of texts. */
export type FrontMatterValue = string | readonly string[];

/** A file with front matter between lines of `---`. */
export interface FrontMatter {
  readonly fields: Readonly<Record<string, FrontMatterValue>>;
  /** What follows, without blank lines around it. */
  readonly body: string;
}

/**
 * Reads front matter of the simple kind: `key: value`, `key: [a, b]`, and `key:` with lines of `- item` below it.
 * @returns the reason in words when it is not of that kind
 * @example readFrontMatter("---\napplyTo: '**'\n---\nText") // { fields: { applyTo: "**" }, body: "Text" }
 */
export function readFrontMatter(text: string): FrontMatter | string {
  const lines = text.replace(/^\uFEFF/, "").split(/\r?\n/);
  if (lines[0]?.trimEnd() !== "---") return "it has no front matter";
  const end = lines.findIndex((line, index) => index > 0 && line.trimEnd() === "---");
  if (end === -1) return "its front matter has no end";
  const fields = new Map<string, FrontMatterValue>();
  let list: string[] | undefined;
  for (const [index, line] of lines.slice(1, end).entries()) {
    if (line.trim() === "" || line.trimStart().startsWith("#")) continue;
    const item = /^\s*-\s+(.*)$/.exec(line)?.[1];
    const [, key, value = ""] = /^([A-Za-z_][\w-]*):(?:\s+(.*))?$/.exec(line) ?? [];
    if (item !== undefined && list !== undefined) {
      list.push(scalar(item));
    } else if (key !== undefined) {
      if (fields.has(key)) return `its front matter has ${key} twice`;
      list = value.trim() === "" ? [] : undefined;
      fields.set(key, list ?? valueOf(value.trim()));
    } else return `line ${index + 2} of its front matter was not understood`;
  }
  return {
    fields: Object.fromEntries(fields),
    body: lines
      .slice(end + 1)
      .join("\n")
      .trim(),
  };
}

/** The texts of a field; none where it is missing or empty. */
export function listOf(value: FrontMatterValue | undefined): readonly string[] {
  if (value === undefined || value === "") return [];
  return typeof value === "string" ? [value] : value;
}

/** The text of a field; empty where it is missing or a list. */
export function textOf(value: FrontMatterValue | undefined): string {
  return typeof value === "string" ? value : "";
}

function valueOf(text: string): FrontMatterValue {
  const inner = /^\[(.*)\]\s*(?:#.*)?$/.exec(text)?.[1];
  if (inner === undefined) return scalar(text);
  return (inner.match(/"[^"]*"|'[^']*'|[^,\s](?:[^,]*[^,\s])?/g) ?? []).map(scalar);
}

function scalar(text: string): string {
  const quoted = /^(?:"([^"]*)"|'([^']*)')\s*(?:#.*)?$/.exec(text.trim());
  if (quoted) return quoted[1] ?? quoted[2] ?? "";
  return text.replace(/(?<!\s)\s+#.*$/, "").trim();
}
