import type { SpecDoc, Target } from "@towpath/core";
import { describe, expect, it } from "vitest";
import { checkSpec } from "../completeness.ts";
import type { Diagnostic, Rule } from "../diagnostic.ts";
import { parseSpec } from "../parse-spec.ts";
import { duplicateIds } from "./duplicate-ids.ts";
import { missingCriteria } from "./missing-criteria.ts";
import { missingIds } from "./missing-ids.ts";
import { missingParts } from "./missing-parts.ts";
import { placeholders } from "./placeholders.ts";

const complete = "# Foo\n\n## Requirements\n\n#### FR-1: Store\n\n- [ ] found again\n";

function diagnostics(rule: Rule, text: string, target: Target = "staging"): readonly Diagnostic[] {
  return rule(parseSpec(text, "specs/foo.md"), target, {});
}

function lines(rule: Rule, text: string, target?: Target): readonly string[] {
  return diagnostics(rule, text, target).map(({ code, level, at }) => `${at.line} ${code} ${level}`);
}

function scenarioWith(head: readonly string[]): SpecDoc["scenarios"][number] {
  const at = { file: "specs/foo.md", line: 1, column: 1, endColumn: 1 };
  return { name: "", requirements: [], tags: [], steps: [], examples: [{ head, rows: [], at }], at };
}

describe("TP1110 missing parts", () => {
  it("accepts a requirement with a criterion", () => {
    expect(lines(missingParts, complete)).toEqual([]);
  });

  it("misses requirements at the heading where they belong", () => {
    expect(
      lines(missingParts, "# Foo\n\n## Requirements\n\n## Acceptance Criteria\n\n- [ ] works\n"),
    ).toEqual(["3 TP1110 error"]);
  });

  it("misses both in a text without either, at its first line", () => {
    expect(lines(missingParts, "# Foo\n\nFoo is good.\n")).toEqual(["1 TP1110 error", "1 TP1110 error"]);
  });

  it("accepts criteria that stand apart", () => {
    expect(lines(missingParts, "## Requirements\n\n- store\n\n## Acceptance Criteria\n\n- works\n")).toEqual(
      [],
    );
  });
});

describe("TP1102 placeholders", () => {
  const found = (text: string): readonly string[] =>
    diagnostics(placeholders, text).map(
      ({ at, message }) => `${at.line}:${at.column}-${at.endColumn} ${message.split(": ")[1]}`,
    );

  it.each([
    ["# [Component Name]", "1:3-19 [Component Name]"],
    ["- TODO: write", "1:3-7 TODO"],
    ["- [ ] [criterion]", "1:7-18 [criterion]"],
    ["p95 < TBD ms", "1:7-10 TBD"],
    ["Why???", "1:4-7 ???"],
    ["😀 [NEEDS CLARIFICATION: which *one*?]", "1:3-38 [NEEDS CLARIFICATION"],
    ["[CLARIFY] this", "1:1-10 [CLARIFY]"],
    ["cover XX% of it", "1:7-10 XX%"],
    ["call <component name> first", "1:6-22 <component name>"],
    ["| a |\n|---|\n| <name> |", "3:3-9 <name>"],
    ["<details>\nTODO\n</details>", "2:1-5 TODO"],
    ["> lorem ipsum dolor", "1:3-14 lorem ipsum"],
    ["[TODO: decide]", "1:1-15 [TODO"],
    ["`😀` TODO", "1:5-9 TODO"],
  ])("finds the one in %j", (text, hit) => {
    expect(found(text)).toEqual([hit]);
  });

  it("knows the columns of an outline", () => {
    const outline =
      "# Feature: Sums\n\n## Scenario Outline: Double\n\n* When <a> is doubled\n* Then the sum of <b> is <c>\n\n### Examples\n\n  | a | b |\n  |---|---|\n  | 1 | 2 |\n";
    const doc = parseSpec(outline, "sums.md");
    const named = { ...doc, scenarios: [scenarioWith(["a", "b"])] };
    expect(placeholders(named).map(({ message }) => message)).toEqual(["a placeholder is left: <c>"]);
  });

  it.each([
    "- [ ] open\n- [x] done",
    "[a link](http://x.y) and [another][ref] and [ref]\n\n[ref]: http://x.y",
    "[[Wiki page]]",
    "a note[^n]\n\n[^n]: text",
    "`TODO` and `[name]`",
    "```\nTODO [name] <name> ???\n```",
    "    TODO in indented code",
    "<!-- TODO [name] -->",
    "---\nowner: TBD\n---",
    "a<br>b <kbd>x</kbd> <!-- c --> <https://x.y>",
    "List<String> and items[index] and \\[escaped\\]",
    "a < b and c > d",
    "in [0, 1] or [a, b], priority [P1]",
    "an autoTODOs list, XXL, mastodons",
    "what?? really",
  ])("finds none in %j", (text) => {
    expect(found(text)).toEqual([]);
  });
});

describe("TP1103 missing ids", () => {
  it("warns of a requirement without one and says how it is called", () => {
    const [diagnostic, ...others] = diagnostics(
      missingIds,
      "## Requirements\n\n- FR-1: a\n- Storing books\n",
    );
    expect(others).toEqual([]);
    expect(diagnostic).toMatchObject({ code: "TP1103", level: "warning", at: { line: 4 } });
    expect(diagnostic?.message).toContain("storing-books");
  });
});

describe("TP1104 duplicate ids", () => {
  it("names both places, whatever the spelling", () => {
    const text = "## Requirements\n\n- FR-1: a\n- FR2: b\n\n#### fr_001 c\n";
    const [diagnostic, ...others] = diagnostics(duplicateIds, text);
    expect(others).toEqual([]);
    expect(diagnostic).toMatchObject({ code: "TP1104", level: "error", at: { line: 6 } });
    expect(diagnostic?.message).toContain("specs/foo.md:3");
  });

  it("reports each further use", () => {
    expect(lines(duplicateIds, "- **FR-1**: a\n- **FR-1**: b\n- **FR-1**: c\n")).toEqual([
      "2 TP1104 error",
      "3 TP1104 error",
    ]);
  });

  it("keeps apart what only looks alike", () => {
    expect(
      lines(
        duplicateIds,
        "## Requirements\n\n- FR-1: a\n- NFR-1: b\n- FR-10: c\n- FR-1.1: d\n- store\n- store\n",
      ),
    ).toEqual([]);
  });
});

describe("TP1105 missing criteria", () => {
  const lonely = "## Requirements\n\n- FR-1: a\n- FR-2: b\n  - c\n";
  const shared = `${lonely}\n## Acceptance Criteria\n\n- [ ] all works\n`;

  it("blocks a requirement that nothing can prove, for every target", () => {
    for (const target of ["dev", "staging", "production"] as const) {
      expect(lines(missingCriteria, lonely, target)).toEqual(["3 TP1105 error"]);
    }
  });

  it("is lenient below production when criteria hold for the whole component", () => {
    expect(lines(missingCriteria, shared, "dev")).toEqual(["3 TP1105 warning"]);
    expect(lines(missingCriteria, shared, "staging")).toEqual(["3 TP1105 warning"]);
    expect(lines(missingCriteria, shared, "production")).toEqual(["3 TP1105 error"]);
  });

  it("accepts a criterion that stands apart and names the requirement, in its text or its heading", () => {
    expect(lines(missingCriteria, shared.replace("all", "FR1:"), "production")).toEqual([]);
    expect(lines(missingCriteria, shared.replace("- [ ]", "### FR-001\n\n-"), "production")).toEqual([]);
  });
});

describe("checkSpec", () => {
  it("has nothing to say about a complete specification", () => {
    const whole = `${complete.replace("Store", "It MUST be stored")}\n## Monitoring\n\n## Rollback\n`;
    expect(checkSpec(parseSpec(whole, "foo.md"), "production")).toEqual([]);
  });

  it("gives every diagnostic a fix, in the order of the lines", () => {
    const text = "# [Name]\n\n## Requirements\n\n- FR-1: a\n- FR-1: TODO\n- b\n";
    const all = checkSpec(parseSpec(text, "foo.md"), "dev");
    expect([...new Set(all.map(({ code }) => code))].toSorted()).toEqual([
      "TP1102",
      "TP1103",
      "TP1104",
      "TP1105",
      "TP1110",
    ]);
    expect(all.map(({ at }) => at.line)).toEqual(all.map(({ at }) => at.line).toSorted((a, b) => a - b));
    expect(all.every(({ fix }) => fix.length > 10)).toBe(true);
  });

  it("does not let a specification's terminal codes through", () => {
    const text = "## Requirements\n\n- FR-1: a\u001b]0;x\u0007b\u202ec\n- FR-1: [x\u001b[31m y]\n";
    const messages = checkSpec(parseSpec(text, "foo.md"), "dev")
      .map(({ message }) => message)
      .join();
    // oxlint-disable-next-line no-control-regex -- control characters are what it is about
    expect(messages).not.toMatch(/[\u0000-\u001f\u202e]/);
  });
});
