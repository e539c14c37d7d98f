import { isBreakage } from "@towpath/core";
import { describe, expect, it } from "vitest";
import { bombs } from "../test/bombs.ts";
import { checkSpec } from "./completeness.ts";
import { parseSpec } from "./parse-spec.ts";
import { maxSpecBytes } from "./read-spec.ts";
import { withinBudget } from "./within-budget.ts";

// The budget stops the parser wherever it is, so a short one proves the same as the real one.
const budgetMs = 50;

describe("a hostile specification of the largest size", () => {
  it.each(Object.entries(bombs(maxSpecBytes)))("%s is read or refused, and nothing else", (_, text) => {
    expect(outcome(text)).toMatch(/^read$|^no-input TP1101 .*: foo\.md: /);
  });

  it("is refused for its nesting when the stack is spent before the time", () => {
    expect(() => parseSpec("> ".repeat(6_000), "foo.md", 120_000)).toThrow(/TP1101 .*nested too deeply/);
  });

  it("is refused for the time it takes", () => {
    expect(() => parseSpec("a\n-\n".repeat(100_000), "foo.md", budgetMs)).toThrow(
      /TP1101 .*longer than 50 ms/,
    );
  });
});

function outcome(text: string): string {
  try {
    checkSpec(parseSpec(text, "foo.md", budgetMs), "dev");
    return "read";
  } catch (error) {
    if (isBreakage(error)) return `${error.kind} ${error.message}`;
    throw error;
  }
}

describe("rules on what was read", () => {
  it("take time in proportion to the text", () => {
    // No parser here: the rules alone must cope with a document of any size.
    const at = { file: "foo.md", line: 1, column: 1, endColumn: 1 };
    const texts = ["[", "[a ", "[NEEDS CLARIFICATION ", "<a ", "X", "?", "TODO", "<a>"];
    const prose = texts.map((text) => ({ text: text.repeat(maxSpecBytes / text.length), at }));
    const doc = {
      file: "foo.md",
      form: "markdown" as const,
      meta: [],
      sections: [],
      requirements: [],
      criteria: [],
      scenarios: [],
      apiBlocks: [],
      endpoints: [],
      examples: [],
      figures: [],
      dependencies: [],
      stageTargets: [],
      prose,
    };
    expect(withinBudget(() => checkSpec(doc, "dev"), 10_000).length).toBeGreaterThan(0);
  });
});
