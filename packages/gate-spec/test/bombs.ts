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
    "sentences of given": fill("- Given a, when b, then c\n"),
    "marked steps": fill("**Given** a, "),
    "headings of scenarios": fill("# Scenario: a\n- **WHEN** b\n- **THEN** c\n"),
    "scenarios below an endless heading": `# ${fill("FR-2 ").slice(0, size / 2)}\n${fill("- Given a, when b, then c\n").slice(0, size / 2)}`,
    "fences of Gherkin": fill("```gherkin\nScenario: a\nGiven b\n```\n"),
    "a fence of blanks": `\`\`\`gherkin\nGiven a\n|${fill(" ")}x|\n\`\`\`\n`,
    "blocks of examples": fill(`\`\`\`python\n${"f(1)  # 1\n".repeat(190)}\`\`\`\n`),
    "a session": `\`\`\`\n${fill(">>> f(1)\n1\n")}`,
    "equal signs": `\`\`\`python\nassert f(1)${fill(" == ")}1\n\`\`\`\n`,
    "dependencies on one line": `## Dependencies\n\n- a${fill(" (b")}\n`,
    endpoints: fill("- `GET /a`\n"),
    "rows of requirements": `## Requirements\n\n|ID|Requirement|\n|-|-|\n${fill("|F-1|a|\n")}`,
    "equal titles": `## Requirements\n\n${fill("- a\n")}`,
    "sentences on one line": `## Requirements\n\n- FR-1: ${fill("It shall be. ")}`,
    "nested requirements": grow((n) => `${"  ".repeat(n)}- **FR-${n}**: a\n`),
    stages: `## Maturity\n\n${fill("### Staging\n- a\n")}`,
  };
}

/** Files of Markdown with Gherkin that cost much more than their size. */
export function featureBombs(size: number): Readonly<Record<string, string>> {
  const fill = (text: string): string => text.repeat(Math.ceil(size / text.length));
  const head = "# Feature: a\n\n## Scenario: b\n\n* Given c\n";
  return {
    scenarios: `# Feature: a\n${fill("\n## Scenario: b\n\n* Given c\n* When d\n* Then e\n")}`,
    "a table": `${head}${fill("  | a | b |\n")}`,
    "a wide table": `${head}  ${fill("| a ")}|\n`,
    "a cell of blanks": `${head}  | a${fill(" ")}b |\n`,
    tags: `${fill("`@a` ")}\n${head}`,
    "an open doc string": `${head}  \`\`\`\n${fill("a\n")}`,
    errors: `# Feature: a\n${fill("* Given b\n## Background:\n")}`,
    "no feature at all": fill("a\n"),
    "blank lines": fill("\n"),
  };
}
