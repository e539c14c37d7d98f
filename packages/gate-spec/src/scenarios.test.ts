import type { Scenario } from "@towpath/core";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isBreakage } from "@towpath/core";
import { describe, expect, it } from "vitest";
import { gherkinFor, loadGherkin } from "./gherkin.ts";
import { parseSpec } from "./parse-spec.ts";

const gherkin = await loadGherkin();

function scenarios(text: string, file = "foo.md"): readonly Scenario[] {
  return parseSpec(text, file, 60_000, gherkin).scenarios;
}

/** `line keyword text` of each step. */
function steps(scenario: Scenario | undefined): readonly string[] {
  return (scenario?.steps ?? []).map(({ keyword, text, at }) => `${at.line} ${keyword} ${text}`);
}

function corpus(name: string): string {
  return readFileSync(join(import.meta.dirname, "../test/corpus", `${name}.md`), "utf8");
}

describe("scenarios in Markdown", () => {
  it("are sentences with marked words, on as many lines as they need", () => {
    const text =
      "## A\n\n1. **Given** a book,\n   **When** it is lent,\n   **Then** it is gone\n   from the shelf\n";
    expect(scenarios(text).map(steps)).toEqual([
      ["3 given a book", "4 when it is lent", "5 then it is gone from the shelf"],
    ]);
  });

  it("are sentences without marks, after commas or in capitals", () => {
    expect(steps(scenarios("- Given a book, when it is lent, then it is gone and paid\n")[0])).toEqual([
      "1 given a book",
      "1 when it is lent",
      "1 then it is gone and paid",
    ]);
    expect(steps(scenarios("GIVEN a AND b WHEN c THEN d\n")[0])).toEqual([
      "1 given a",
      "1 given b",
      "1 when c",
      "1 then d",
    ]);
  });

  it("keep the name that stands before them, else that of their section, numbered", () => {
    const text =
      "### User Story 2 - Lending (Priority: P2)\n\n- AC-1: Given a, when b, then c\n- Given d, when e, then f\n- Given g, when h, then i\n";
    expect(scenarios(text).map(({ name, tags }) => [name, tags])).toEqual([
      ["AC-1", ["P2"]],
      ["Lending 1", ["P2"]],
      ["Lending 2", ["P2"]],
    ]);
  });

  it("are no statements of EARS, and no prose", () => {
    expect(scenarios("## Requirements\n\n1. WHEN a book is lent THEN the system SHALL say so\n")).toEqual([]);
    expect(scenarios("- When in doubt, ask\n- Given the river, there is no way\n")).toEqual([]);
    expect(scenarios("It was dark. Then it rained,\nwhen nobody looked.\n")).toEqual([]);
  });

  it("belong to the requirement that they stand in, and to those they mention", () => {
    const text =
      "## Requirements\n\n- **FR-1**: store\n  - Given a, when b, then c\n- **FR-2**: find\n\n## Tests\n\n- Given a, when FR-002 holds, then c\n";
    expect(scenarios(text).map(({ requirements }) => requirements)).toEqual([["FR-1"], ["FR-2"]]);
  });

  it("may be headings, with attachments below their steps", () => {
    const [scenario] = scenarios(
      "### Requirement: A\n\n#### Scenario: B\n\n- **WHEN** c\n\n  | d |\n  |---|\n  | e |\n\n- **THEN** f\n  - g\n\n  ```\n  h\n  ```\n",
    );
    expect(scenario).toMatchObject({
      name: "B",
      requirements: ["a"],
      at: { line: 3 },
      steps: [
        { keyword: "when", text: "c", table: [["d"], ["e"]] },
        { keyword: "then", text: "f g", docString: "h" },
      ],
    });
  });
});

describe("fenced Gherkin", () => {
  const doc = parseSpec(corpus("gherkin/fences"), "foo.md", 60_000, gherkin);

  it("is read with background, tags, examples, and other languages", () => {
    expect(steps(doc.scenarios[0])).toEqual([
      "13 given a drawer of stamps",
      "17 when somebody buys one stamp",
      "18 then the drawer has one stamp less",
    ]);
    expect(doc.scenarios.map(({ name }) => name)).toEqual([
      "One stamp",
      "Several",
      "A heavy letter",
      "A light letter",
      "No letter",
      "Ein Paket",
      "Not quite Gherkin",
    ]);
    expect(doc.scenarios[1]?.examples).toMatchObject([
      { head: ["n"], rows: [["2"], ["3"]], at: { line: 24 } },
    ]);
    expect(steps(doc.scenarios[5])[0]).toBe("61 given ein Paket");
  });

  it("shows the requirement it stands in, and the one its tag names", () => {
    expect(doc.scenarios.slice(0, 3).map(({ requirements }) => requirements)).toEqual([
      ["FR-1", "FR-2"],
      ["FR-1"],
      ["FR-2"],
    ]);
  });

  it("is read for its steps alone without the parser", () => {
    const text = "```gherkin\nScenario: a\n  Given b\n  When c\n  Then d\n```\n";
    const [scenario] = parseSpec(text, "foo.md").scenarios;
    expect([scenario?.name, steps(scenario)]).toEqual(["a", ["3 given b", "4 when c", "5 then d"]]);
  });
});

describe("Markdown with Gherkin", () => {
  it("makes requirements of rules, and of the feature where it has none", () => {
    const { requirements } = parseSpec(corpus("gherkin/rules.feature"), "a.feature.md", 60_000, gherkin);
    expect(requirements.map(({ id, title, criteria }) => [id, title, criteria.length])).toEqual([
      ["FR-1", "A book is lent to one reader", 2],
      ["books-come-back", "Books come back", 1],
    ]);
    const feature = parseSpec(corpus("gherkin/no-rules.feature"), "a.feature.md", 60_000, gherkin);
    expect(feature.requirements.map(({ title }) => title)).toEqual(["Parking"]);
  });

  it("names the feature by its heading, whatever stands above it", () => {
    const { requirements } = parseSpec(
      corpus("gherkin/front-matter.feature"),
      "a.feature.md",
      60_000,
      gherkin,
    );
    expect(requirements.map(({ title, at }) => [title, at.line])).toEqual([["Front door", 11]]);
    const late = parseSpec(
      "\n\nWords.\n\n`@a`\n# Feature: b\n## Scenario: c\n* Given d\n",
      "a.feature.md",
      60_000,
      gherkin,
    );
    expect(late.scenarios).toMatchObject([{ name: "c", tags: ["a"], at: { line: 7 } }]);
    expect(late.requirements).toMatchObject([{ title: "b", at: { line: 6 } }]);
  });

  it("takes front matter, comments, code and tables of the text for what they are", () => {
    const found = scenarios(corpus("gherkin/front-matter.feature"), "a.feature.md");
    expect(
      found.map(({ name, steps: own, examples }) => [name, own.map(({ table }) => table), examples.length]),
    ).toEqual([
      ["The right key", [undefined, undefined], 0],
      ["Wrong keys", [undefined, undefined], 1],
    ]);
    expect(found[1]?.examples[0]).toMatchObject({ head: ["key"], rows: [["iron"], ["wax"]] });
  });

  it("keeps data tables and doc strings", () => {
    const [, board] = scenarios(corpus("gherkin/no-rules.feature"), "a.feature.md");
    expect(board?.steps).toMatchObject([
      {
        keyword: "given",
        table: [
          ["plate", "level"],
          ["AB 123", "1"],
          ["CD 456", "2"],
        ],
      },
      { keyword: "when" },
      { keyword: "then", docString: "level 1: 49\nlevel 2: 49" },
      { keyword: "then", text: "it does not blink" },
    ]);
  });

  it("is refused with the parser's words when it is not valid, or when there is no parser", () => {
    const broken = "# Feature: a\n## Scenario: b\n* Given c\n## Background:\n* Given d\n";
    const outcome = (parser: typeof gherkin | undefined): unknown => {
      try {
        return parseSpec(broken, "a.feature.md", 60_000, parser);
      } catch (error) {
        return isBreakage(error) ? `${error.kind} ${error.message}` : error;
      }
    };
    expect(outcome(gherkin)).toMatch(
      /^no-input TP1101 .*a\.feature\.md: it is no valid Markdown with Gherkin: \(/,
    );
    expect(outcome(undefined)).toMatch(/^no-input TP1101 .*parser of Gherkin was not loaded/);
  });
});

describe("gherkinFor", () => {
  it("loads the parser only for texts that need it", async () => {
    expect(await gherkinFor("# A\n\nText about gherkin.\n", "a.md")).toBeUndefined();
    expect(await gherkinFor("- a\n\n  ```gherkin\n  ```\n", "a.md")).toBeDefined();
    expect(await gherkinFor("", "a.feature.md")).toBeDefined();
  });
});
