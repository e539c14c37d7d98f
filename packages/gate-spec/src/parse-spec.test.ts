import type { SpecRequirement as Requirement } from "@towpath/core";
import { describe, expect, it } from "vitest";
import { parseSpec } from "./parse-spec.ts";

function requirements(text: string): readonly Requirement[] {
  return parseSpec(text, "specs/foo.md").requirements;
}

function brief(text: string): readonly string[] {
  return requirements(text).map(
    ({ id, title, criteria, at }) => `${at.line} ${id} ${title} (${criteria.length})`,
  );
}

describe("the component template", () => {
  const template = `# Shelf Specification

**Component ID:** shelf
**Status:** draft

## Functional Requirements

#### FR1: Storing
**Priority:** High
**Description:** Keeps every book.

**Acceptance Criteria:**

- [ ] A stored book is found
- [x] An unknown one is \`None\`

#### FR-002: Removing
**Description:** Takes a book out.

## Non-Functional Requirements

#### NFR1: Speed
**Requirement:** Finding is quick.
**Measurement:** benchmark
**Target:** p95 < 200ms

## API Design

\`\`\`python
def find(isbn: str) -> str: ...
\`\`\`

### Usage

\`\`\`python
def helper(): ...
\`\`\`

## Acceptance Criteria and Maturity Targets

### Development Stage

- [ ] Core features work
- [ ] FR-2: a removed book is gone
`;
  const doc = parseSpec(template, "specs/shelf.md");

  it("reads requirements with id, title, priority and text", () => {
    expect(
      doc.requirements.map(({ id, kind, title, priority, text }) => [id, kind, title, priority, text]),
    ).toEqual([
      ["FR-1", "functional", "Storing", "High", "Keeps every book."],
      ["FR-2", "functional", "Removing", undefined, "Takes a book out."],
      ["NFR-1", "non-functional", "Speed", undefined, "Finding is quick."],
    ]);
  });

  it("gives each requirement its criteria: ticks, a figure, and those that name it elsewhere", () => {
    expect(
      doc.requirements.map(({ criteria }) => criteria.map(({ text, done, at }) => [at.line, text, done])),
    ).toEqual([
      [
        [14, "A stored book is found", false],
        [15, "An unknown one is None", true],
      ],
      [[44, "FR-2: a removed book is gone", false]],
      [[25, "p95 < 200ms", undefined]],
    ]);
    expect(doc.criteria.map(({ text }) => text)).toEqual(["Core features work"]);
  });

  it("takes the API block and leaves its example", () => {
    expect(doc.apiBlocks.map(({ text, at }) => [at.line, text])).toEqual([
      [30, "def find(isbn: str) -> str: ..."],
    ]);
  });

  it("reads the fields at the head", () => {
    expect(doc.meta.map(({ label, value }) => [label, value])).toEqual([
      ["component id", "shelf"],
      ["status", "draft"],
    ]);
  });
});

describe("loose forms", () => {
  it("reads bullets with an id", () => {
    const text =
      "## Requirements\n\n- **FR-1**: store\n- **FR-2:** find\n  - within a second\n- FR 3 remove\n";
    expect(brief(text)).toEqual(["3 FR-1 store (0)", "4 FR-2 find (1)", "6 FR-3 remove (0)"]);
  });

  it("reads bullets with a bold id below any heading, and bare ones only below Requirements", () => {
    expect(brief("## Features\n\n- **FR-1**: store\n- FR-2: find\n")).toEqual(["3 FR-1 store (0)"]);
  });

  it("reads numbered bold items and makes ids for them", () => {
    const text =
      "## Functional Requirements\n\n1. **Addition**\n   - takes two numbers\n   - returns the sum\n2. **Division**\n";
    expect(brief(text)).toEqual(["3 addition Addition (2)", "6 division Division (0)"]);
    expect(requirements(text).every(({ synthetic }) => synthetic)).toBe(true);
  });

  it("reads plain sentences below Requirements, but no introduction", () => {
    const text =
      "# Foo\n\n## Requirements\n\nIt must do this:\n\n- The shelf MUST store.\n\nIt shall never lose a book.\n";
    expect(brief(text)).toEqual([
      "7 the-shelf-must-store The shelf MUST store. (0)",
      "9 it-shall-never-lose-a-book It shall never lose a book. (0)",
    ]);
  });

  it("reads paragraphs that begin with an id, with what follows them", () => {
    const text =
      "## Requirements\n\n**FR-1: Store**\n\nKeeps it.\n\nAcceptance criteria:\n\n- found again\n\nFR-2: Find\n\n- [ ] quick\n";
    expect(brief(text)).toEqual(["3 FR-1 Store (1)", "11 FR-2 Find (1)"]);
  });

  it("reads headings without an id below Requirements when they have criteria", () => {
    const text = "## Requirements\n\n### Storing\n\n- [ ] found again\n\n### Background\n\nBooks are old.\n";
    expect(brief(text)).toEqual(["3 storing Storing (1)"]);
  });

  it("takes a heading over ticked items with ids for a group", () => {
    const text = "## Requirements\n\n### Must have\n\n- [ ] FR-1: store\n- [ ] FR-1: find\n";
    expect(requirements(text).map(({ id }) => id)).toEqual(["FR-1", "FR-1"]);
  });

  it("reads ticks that are signs", () => {
    const { criteria } = parseSpec("## Acceptance Criteria\n\n1. ✅ adds\n2. ❌ divides\n", "foo.md");
    expect(criteria.map(({ text, done }) => [text, done])).toEqual([
      ["adds", true],
      ["divides", false],
    ]);
  });

  it("takes scenarios for criteria: sentences, headings and fenced Gherkin", () => {
    expect(brief("### FR-1: a\n\nGiven x, When y, Then z.\n")).toEqual(["1 FR-1 a (1)"]);
    expect(brief("### FR-1: a\n\n- Given x, When y, Then z.\n- a remark\n")).toEqual(["1 FR-1 a (1)"]);
    expect(brief("### FR-1: a\n\n#### Scenario: one\n\nStory.\n")).toEqual(["1 FR-1 a (1)"]);
    expect(brief("### FR-1: a\n\n```gherkin\nScenario: one\n```\n")).toEqual(["1 FR-1 a (1)"]);
    expect(brief("### FR-1: a\n\nWhen y happens, then z shall follow.\n")).toEqual(["1 FR-1 a (0)"]);
  });

  it("counts a requirement inside a requirement as its criterion", () => {
    expect(brief("### FR-1: a\n\n#### FR-1.1: b\n\n- [ ] c\n")).toEqual(["1 FR-1 a (1)", "3 FR-1.1 b (1)"]);
  });
});

describe("what states no requirement", () => {
  it.each([
    ["a test that names one", "## Testing\n\n- **FR-1**: by unit tests\n\n### FR-1 tests\n"],
    [
      "a criterion that names one",
      "## Acceptance Criteria\n\n- [ ] **FR-1**: works\n\n### FR-1\n\n- [ ] works\n",
    ],
    ["code", "## Requirements\n\n```\n- **FR-1**: no\n#### FR-2: no\n```\n"],
    ["a quoted heading", "## Requirements\n\n> #### FR-1: no\n"],
    ["an HTML comment", "## Requirements\n\n<!--\n#### FR-1: no\n-->\n"],
    ["a field", "## Requirements\n\n- **Priority:** high\n- **Owner**: me\n"],
  ])("%s", (_, text) => {
    expect(requirements(text)).toEqual([]);
  });

  it("a ticked item inside a requirement that names another one", () => {
    expect(brief("### FR-1: a\n\n- [ ] **FR-2**: still works\n")).toEqual(["1 FR-1 a (1)"]);
  });
});

describe("the document's title", () => {
  it("gives no role to what is below it", () => {
    expect(brief("# Test API\n\n### FR-1: a\n\n- [ ] b\n")).toEqual(["3 FR-1 a (1)"]);
    expect(parseSpec("# Test API\n\n## Overview\n\n```python\nx = 1\n```\n", "foo.md").apiBlocks).toEqual([]);
  });

  it("is an ordinary section when it stands alone", () => {
    expect(brief("# Requirements\n\n- store\n")).toEqual(["3 store store (0)"]);
  });
});

describe("front matter", () => {
  it("is read line by line and is no text", () => {
    const { meta, prose, sections } = parseSpec(
      '---\ntype: component\ntags: ["TODO"]\nname: "a b"\n---\n# Foo\n',
      "foo.md",
    );
    expect(meta.map(({ label, value, at }) => [at.line, label, value])).toEqual([
      [2, "type", "component"],
      [3, "tags", '["TODO"]'],
      [4, "name", "a b"],
    ]);
    expect(prose.map(({ text }) => text)).toEqual(["# Foo"]);
    expect(sections.map(({ at }) => at.line)).toEqual([6]);
  });
});

describe("places", () => {
  it("count code points, and lines however they end", () => {
    const text = "# 😀\r\n\r\n## Requirements\r- **FR-1**: 😀😀\n";
    const [requirement] = requirements(text);
    expect(requirement?.at).toEqual({ file: "specs/foo.md", line: 4, column: 1, endColumn: 15 });
  });

  it("do not count a byte order mark", () => {
    expect(parseSpec("\uFEFF# Foo\n", "foo.md").sections[0]?.at).toMatchObject({
      line: 1,
      column: 1,
      endColumn: 6,
    });
  });

  it("give API blocks in lists the line of their code", () => {
    const { apiBlocks } = parseSpec("## API\n\n- first:\n\n  ```python\n  x = 1\n  ```\n", "foo.md");
    expect(apiBlocks.map(({ text, at }) => [at.line, text])).toEqual([[6, "x = 1"]]);
  });
});

describe("prose", () => {
  it("hides code, links and comments, and keeps columns", () => {
    const { prose } = parseSpec("a `TODO` [b](c) <!-- d --> e\n", "foo.md");
    expect(prose.map(({ text }) => text.replaceAll("\uFFFC", "·"))).toEqual(["a ······ ······ ·········· e"]);
  });

  it("joins the cells of a table row", () => {
    const { prose } = parseSpec("| a | b |\n|---|---|\n| c | d |\n", "foo.md");
    expect(prose.map(({ at, text }) => [at.line, text.replaceAll(/\s+/g, " ").trim()])).toEqual([
      [1, "| a | b |"],
      [3, "| c | d |"],
    ]);
  });
});
