/** Texts of about `size` characters that cost a Markdown parser much more than their size. */
export function bombs(size: number): Readonly<Record<string, string>> {
  const fill = (text: string): string => text.repeat(Math.ceil(size / text.length));
  const grow = (line: (n: number) => string): string => {
    let text = "";
    for (let n = 1; text.length < size; n++) text += line(n);
    return text;
  };
  return {
    "open brackets": fill("["),
    "open images": fill("!["),
    "open links": fill("[a]("),
    "nested links": fill("[").slice(0, size / 2) + fill("](a)").slice(0, size / 2),
    "nested quotes": fill(">"),
    "nested lists": fill("- "),
    "nested numbers": fill("1. "),
    "nested quotes and lists": fill("> - "),
    "growing lists": grow((n) => `${"  ".repeat(n)}- a\n`),
    stars: fill("*"),
    "mixed emphasis": fill("*a_ "),
    "open strike-through": fill("~~a"),
    "growing code ticks": grow((n) => `${"`".repeat(n)} `),
    "setext headings": fill("a\n-\n"),
    "a million headings": fill("#\n"),
    "headings with ids": fill("# FR-1: a\n"),
    "bullets with ids": fill("- **FR-1**: a\n"),
    "criteria that name one id": `- **FR-1**: a\n\n## Acceptance Criteria\n\n${fill("- FR-1\n")}`,
    "broken quotes": fill("> a\n\n"),
    "open tags": fill("<a "),
    "open comments": fill("<!-- "),
    entities: fill("&amp;"),
    "table rows": `|a|\n|-|\n${fill("|a|\n")}`,
    "wide table": `${fill("|a")}|\n${fill("|-")}|\n`,
    definitions: grow((n) => `[a${n}]: b\n`),
    footnotes: grow((n) => `[^a${n}]: b[^a${n}]\n`),
    "addresses of mail": fill("a@b.c "),
    "one long line": fill("lorem ipsum dolor "),
    "one long word": fill("a"),
    "blank lines": fill("\n"),
    spaces: `a${fill(" ")}b`,
    colons: `# ${fill(":")}b\n`,
    "open fence": `\`\`\`\n${fill("a\n")}`,
    "front matter": `---\n${fill("a: b\n")}`,
    placeholders: fill("[TODO] ??? XX% <a b> "),
  };
}
