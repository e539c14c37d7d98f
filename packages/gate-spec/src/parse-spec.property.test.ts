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
import { isBreakage } from "@towpath/core";
import { describe, expect, it } from "vitest";
import { checkSpec } from "./completeness.ts";
import { loadGherkin } from "./gherkin.ts";
import { parseSpec } from "./parse-spec.ts";

const gherkin = await loadGherkin();
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
  "**Given** a, **When** b, **Then** c\n",
  "### Scenario: a\n",
  "- **WHEN** b\n",
  "- **THEN** c\n",
  "### Requirement 1\n",
  "## Dependencies\n",
  "### Staging\n",
  "Staging → Production",
  "- `GET /a` ",
  "```gherkin\nScenario: a\n  Given b\n",
  "# Feature: a\n",
  "## Scenario Outline: a\n* Given <b>\n### Examples:\n  | b |\n",
  "* When c\n",
  "f(1)  # 2\n",
  ">>> f(1)\n",
  "try:\n  f()\nexcept E:\n",
  "WHEN a THE SYSTEM SHALL b. ",
  "| ID | Requirement |\n|---|---|\n| F-1 | a |\n",
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

type Placed = { readonly at: Place };

function placesOf(doc: SpecDoc): readonly Place[] {
  const { requirements, scenarios, stageTargets } = doc;
  const own: readonly Placed[] = [
    ...doc.meta,
    ...doc.sections,
    ...doc.criteria,
    ...doc.apiBlocks,
    ...doc.endpoints,
    ...doc.examples,
    ...doc.figures,
    ...doc.dependencies,
    ...doc.prose,
    ...requirements.flatMap((each): readonly Placed[] => [each, ...each.criteria, ...each.ears]),
    ...scenarios.flatMap((each): readonly Placed[] => [each, ...each.steps, ...each.examples]),
    ...stageTargets.flatMap((each): readonly Placed[] => [each, ...each.criteria]),
  ];
  return own.map(({ at }) => at);
}

/** The document, or undefined when it was refused as documents may be. Anything else that is thrown stays thrown. */
function parsed(text: string, file: string): SpecDoc | undefined {
  try {
    return parseSpec(text, file, budgetMs, gherkin);
  } catch (error) {
    if (isBreakage(error) && error.kind === "no-input") return undefined;
    throw error;
  }
}

const files = constantFrom("foo.md", "foo.feature.md", ".kiro/specs/foo/requirements.md");

describe("any text", () => {
  it("is read or refused, to places that exist, and judged for each target", () => {
    const check = property(
      markdown,
      files,
      constantFrom("dev" as const, "production" as const),
      (text, file, target) => {
        const doc = parsed(text, file);
        if (doc === undefined) return;
        const lines = text.replace(/^\uFEFF/, "").split(/\r\n|\n|\r/);
        const places = [...placesOf(doc), ...checkSpec(doc, target).map(({ at }) => at)];
        for (const { line, column, endColumn } of places) {
          expect(line).toBeGreaterThanOrEqual(1);
          expect(line).toBeLessThanOrEqual(lines.length);
          expect(column).toBeGreaterThanOrEqual(1);
          expect(endColumn).toBeGreaterThanOrEqual(column);
          expect(endColumn).toBeLessThanOrEqual([...(lines[line - 1] ?? "")].length + 1);
        }
      },
    );
    assert(check, { numRuns: 1_000 });
  });

  it("is read in the same way twice, and unique ids stay unique", () => {
    const check = property(markdown, files, (text, file) => {
      const doc = parsed(text, file);
      expect(parsed(text, file)).toEqual(doc);
      const made = doc?.requirements.filter(({ synthetic }) => synthetic).map(({ id }) => id) ?? [];
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

/** Sections that each hold one thing, with a word that appears on the line of that thing and nowhere else. */
const sections: readonly ((mark: string) => string)[] = [
  (mark) => `## Features\n\n#### FR-1: ${mark}\n\nThe shelf MUST work.\n\n- [ ] works\n`,
  (mark) =>
    `## Behaviour\n\n### Requirement: ${mark}\n\n#### Scenario: s${mark}\n\n- **WHEN** w${mark}\n- **THEN** done\n`,
  (mark) => `## Words ${mark}\n\n1. **Given** g${mark}, **When** it is\n   read, **Then** t\n`,
  (mark) => `## Dependencies\n\nWords.\n\n- \`d${mark}\` (staging) - p\n`,
  (mark) => `## API\n\n### GET /${mark}\n\n\`\`\`python\ndef f${mark}(): ...\n\`\`\`\n`,
  (mark) => `## Usage\n\n\`\`\`python\nx = 1\n\ncall("${mark}")  # 1\n\`\`\`\n`,
  (mark) => `## Maturity\n\n### Staging\n\n- s${mark}\n`,
  (mark) => `## Acceptance Criteria\n\n- c${mark}\n`,
  (mark) => `## Gherkin\n\n\`\`\`gherkin\nScenario: n${mark}\n  Given g${mark}\n  Then t\n\`\`\`\n`,
];
const chosen = shuffledSubarray(
  sections.map((write, index) => ({ write, mark: `mark${index}` })),
  { minLength: 1 },
);

/** What must be found on its line: the words, and the line. */
function marked(doc: SpecDoc): readonly (readonly [string, number])[] {
  return [
    ...doc.requirements.map(({ title, at }) => [title, at.line] as const),
    ...doc.scenarios.flatMap(({ steps }) => steps.map(({ text, at }) => [text, at.line] as const)),
    ...doc.dependencies.map(({ name, at }) => [name, at.line] as const),
    ...doc.endpoints.map(({ path, at }) => [path, at.line] as const),
    ...doc.examples.map(({ expression, at }) => [expression, at.line] as const),
    ...doc.criteria.map(({ text, at }) => [text, at.line] as const),
    ...doc.stageTargets.flatMap(({ criteria }) => criteria.map(({ text, at }) => [text, at.line] as const)),
    ...doc.apiBlocks.map(({ text, at }) => [text, at.line] as const),
  ];
}

function counts(doc: SpecDoc): readonly number[] {
  return [
    doc.requirements,
    doc.criteria,
    doc.scenarios,
    doc.scenarios.flatMap(({ steps }) => steps),
    doc.dependencies,
    doc.endpoints,
    doc.examples,
    doc.stageTargets,
    doc.apiBlocks,
  ].map(({ length }) => length);
}

describe("sections in any order", () => {
  it("hold what they say on the lines where it is said, and never more or less", () => {
    const check = property(
      chosen,
      array(constantFrom("\n", "Words.\n\n", "> quoted\n\n"), { maxLength: 3 }),
      (parts, gaps) => {
        const text = ["# Foo\n", ...parts.map(({ write, mark }) => write(mark)), ...gaps].join("\n");
        const doc = parseSpec(text, "foo.md", budgetMs, gherkin);
        const lines = text.split("\n");
        const elsewhere = marked(doc).filter(([words, line]) => {
          const mark = /mark\d/.exec(words)?.[0] ?? "";
          return lines[line - 1]?.includes(mark) !== true;
        });
        expect(elsewhere).toEqual([]);
        const inOrder = parts.toSorted((a, b) => a.mark.localeCompare(b.mark));
        const sorted = ["# Foo\n", ...inOrder.map(({ write, mark }) => write(mark))].join("\n");
        expect(counts(doc)).toEqual(counts(parseSpec(sorted, "foo.md", budgetMs, gherkin)));
      },
    );
    assert(check, { numRuns: 300 });
  });
});
