import type { Place, SpecDoc } from "@towpath/core";
import {
  array,
  assert,
  constantFrom,
  integer,
  oneof,
  property,
  shuffledSubarray,
  string,
  tuple,
  type Arbitrary,
} from "fast-check";
import { describe, expect, it } from "vitest";
import { checkSpec } from "./completeness.ts";
import { parseSpec } from "./parse-spec.ts";

/** Long enough for any of the small texts here on any machine. */
const budgetMs = 60_000;

const pieces = [
  ..."#|-*_`~[](){}<>!&\\:.?0123 \t\n\r\"'=+^",
  "FR-1",
  "NFR2:",
  "## Requirements\n",
  "# API\n",
  "- [ ] ",
  "1. **",
  "**Acceptance Criteria:**",
  "```python\n",
  "\n\n",
  "---\n",
  "> ",
  "<!--",
  "-->",
  "<a b>",
  "[^1]:",
  "| a |\n|---|\n",
  "TODO",
  "Given a Then b",
  "✅ ",
  "😀",
  "\u202e",
  "\0",
];
const markdown: Arbitrary<string> = array(
  oneof(constantFrom(...pieces), string({ unit: "binary", maxLength: 4 })),
  {
    maxLength: 60,
  },
).map((parts) => parts.join(""));

function placesOf({ meta, sections, requirements, criteria, apiBlocks, prose }: SpecDoc): readonly Place[] {
  const own = [...meta, ...sections, ...requirements, ...criteria, ...apiBlocks, ...prose].map(
    ({ at }) => at,
  );
  return [...own, ...requirements.flatMap((requirement) => requirement.criteria.map(({ at }) => at))];
}

describe("any text", () => {
  it("is read without an error, to places that exist, and judged for each target", () => {
    const check = property(markdown, constantFrom("dev" as const, "production" as const), (text, target) => {
      const doc = parseSpec(text, "foo.md", budgetMs);
      const lines = text.replace(/^\uFEFF/, "").split(/\r\n|\n|\r/);
      const places = [...placesOf(doc), ...checkSpec(doc, target).map(({ at }) => at)];
      for (const { line, column, endColumn } of places) {
        expect(line).toBeGreaterThanOrEqual(1);
        expect(line).toBeLessThanOrEqual(lines.length);
        expect(column).toBeGreaterThanOrEqual(1);
        expect(endColumn).toBeGreaterThanOrEqual(column);
        expect(endColumn).toBeLessThanOrEqual([...(lines[line - 1] ?? "")].length + 1);
      }
    });
    assert(check, { numRuns: 1_000 });
  });

  it("is read in the same way twice, and unique ids stay unique", () => {
    const check = property(markdown, (text) => {
      const doc = parseSpec(text, "foo.md", budgetMs);
      expect(parseSpec(text, "foo.md", budgetMs)).toEqual(doc);
      const made = doc.requirements.filter(({ synthetic }) => synthetic).map(({ id }) => id);
      expect(new Set(made).size).toBe(made.length);
    });
    assert(check, { numRuns: 200 });
  });
});

/** A section that states one requirement with a criterion, in one of the ways in which people write it. */
const ways: readonly ((id: string) => string)[] = [
  (id) => `#### ${id}: Name\n\n**Acceptance Criteria:**\n\n- [ ] works\n`,
  (id) => `- **${id}**: text\n  - [ ] works\n`,
  (id) => `1. **${id}: Name**\n   - works\n`,
  (id) => `**${id}**: text\n\n- [ ] works\n`,
];
const spellings: readonly ((digits: number) => string)[] = [
  (n) => `FR${n}`,
  (n) => `FR-${n}`,
  (n) => `FR-00${n}`,
  (n) => `fr_${n}`,
];
const titles = ["Requirements", "Functional Requirements", "Features", "Core requirements"];
const others = [
  "## Overview\n\nWords.\n",
  "## API Design\n\n```python\nx = 1\n```\n",
  "## Testing\n\n- **FR-1**: tested\n",
];

interface Stated {
  readonly line: string;
  readonly id: string;
}

const stated: Arbitrary<Stated> = tuple(
  constantFrom(...ways),
  constantFrom(...spellings),
  integer({ min: 1, max: 4 }),
).map(([way, spelling, digits]) => ({ line: way(spelling(digits)), id: `FR-${digits}` }));
const cases = constantFrom(
  (title: string) => title,
  (title: string) => title.toUpperCase(),
  (title: string) => title.toLowerCase(),
);

describe("duplicates", () => {
  it("are found in whatever order, form and spelling they are written, below headings of any case", () => {
    const sections = array(tuple(constantFrom(...titles), cases, stated), { minLength: 2, maxLength: 6 });
    const check = property(sections, shuffledSubarray(others), (parts, rest) => {
      const text = [
        ...parts.map(([title, write, { line }]) => `## ${write(title)}\n\n${line}`),
        ...rest,
      ].join("\n");
      const ids = parts.map(([, , { id }]) => id);
      const doc = parseSpec(`# Foo\n\n${text}`, "foo.md", budgetMs);
      expect(doc.requirements.map(({ id }) => id)).toEqual(ids);
      const duplicates = checkSpec(doc, "dev").filter(({ code }) => code === "TP1104");
      expect(duplicates.length).toBe(ids.length - new Set(ids).size);
      expect(checkSpec(doc, "production").filter(({ code }) => code === "TP1105")).toEqual([]);
      const lines = `# Foo\n\n${text}`.split("\n");
      for (const { at, id } of doc.requirements)
        expect(lines[at.line - 1]?.toUpperCase()).toContain(id.slice(-1));
    });
    assert(check, { numRuns: 300 });
  });
});
