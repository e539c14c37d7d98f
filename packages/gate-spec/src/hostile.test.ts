import { isBreakage } from "@towpath/core";
import { describe, expect, it } from "vitest";
import { bombs, featureBombs } from "../test/bombs.ts";
import { checkSpec } from "./completeness.ts";
import { dependenciesOf } from "./dependencies.ts";
import { endpointsOf } from "./endpoints.ts";
import { examplesOf } from "./examples/examples-of.ts";
import { loadGherkin } from "./gherkin.ts";
import { headingRequirements } from "./heading-form.ts";
import { listRequirements } from "./list-form.ts";
import { parseMarkdown } from "./markdown.ts";
import { markdownScenarios } from "./markdown-scenarios.ts";
import { outlineOf } from "./outline.ts";
import { parseSpec } from "./parse-spec.ts";
import { maxSpecBytes } from "./read-spec.ts";
import { synthesiseId } from "./requirement-id.ts";
import { sourceOf } from "./source.ts";
import { stageTargetsOf } from "./stage-targets.ts";
import { earsIn } from "./statements.ts";
import { tableRequirements } from "./table-form.ts";
import { withinBudget } from "./within-budget.ts";

// The budget stops the parser wherever it is, so a short one proves the same as the real one.
const budgetMs = 50;
const gherkin = await loadGherkin();

describe("a hostile specification of the largest size", () => {
  it.each(Object.entries(bombs(maxSpecBytes)))("%s is read or refused, and nothing else", (_, text) => {
    expect(outcome(text)).toMatch(/^read$|^no-input TP1101 .*: foo\.md: /);
  });

  it.each(Object.entries(featureBombs(maxSpecBytes)))("%s, as Gherkin, is read or refused", (_, text) => {
    expect(outcome(text, "foo.feature.md")).toMatch(/^read$|^no-input TP1101 .*: foo\.feature\.md: /);
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

function outcome(text: string, file = "foo.md"): string {
  try {
    checkSpec(parseSpec(text, file, budgetMs, gherkin), "dev");
    return "read";
  } catch (error) {
    if (isBreakage(error)) return `${error.kind} ${error.message}`;
    throw error;
  }
}

// The Markdown parser aside, which is not ours: four times the text may cost eight times the work, but not sixteen.
describe("the readers", () => {
  const shapes = [
    "sentences of given",
    "marked steps",
    "headings of scenarios",
    "scenarios below an endless heading",
    "blocks of examples",
    "a session",
    "equal signs",
    "dependencies on one line",
    "endpoints",
    "rows of requirements",
    "equal titles",
    "sentences on one line",
    "stages",
  ];

  it.each(shapes)("take time in proportion to %s", (shape) => {
    const cost = (size: number): number => {
      const text = bombs(size)[shape] ?? "";
      const root = parseMarkdown(text);
      const source = sourceOf(text, "foo.md");
      const top = outlineOf(root);
      const { user } = process.cpuUsage();
      const drafts = [
        ...headingRequirements(source, top),
        ...listRequirements(source, top),
        ...tableRequirements(source, top),
      ];
      const counts = new Map<string, number>();
      const taken = new Set<string>();
      for (const { title, headline } of drafts) {
        synthesiseId(title, taken, counts);
        earsIn(source, headline);
      }
      markdownScenarios(source, top);
      examplesOf(source, top);
      endpointsOf(source, top);
      dependenciesOf(source, top);
      stageTargetsOf(source, top);
      return process.cpuUsage().user - user;
    };
    cost(4_000);
    const least = (size: number): number => Math.min(cost(size), cost(size), cost(size));
    // Below a millisecond nothing can be told apart.
    const ratio = (): number => least(32_000) / Math.max(1_000, least(8_000));
    // A collection of garbage may fall into one measurement, but what is quadratic is so each time.
    expect(Math.min(ratio(), ratio(), ratio())).toBeLessThan(10);
  });
});

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
