import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { SpecDoc, SpecForm } from "@towpath/core";
import { describe, expect, it } from "vitest";
import { loadGherkin } from "./gherkin.ts";
import { parseSpec } from "./parse-spec.ts";

const folder = join(import.meta.dirname, "../test/corpus");
const gherkin = await loadGherkin();
/** Long enough for any of these texts on any machine. */
const budgetMs = 60_000;

/** What a person counted in a file. What is left out is not there. */
interface Counted {
  readonly form: SpecForm;
  readonly requirements?: number;
  /** Those of them that have no id. */
  readonly synthetic?: number;
  /** Criteria of requirements. */
  readonly criteria?: number;
  /** Criteria of the whole component. */
  readonly shared?: number;
  readonly scenarios?: number;
  /** In all scenarios. */
  readonly steps?: number;
  /** Rows of all tables that outlines are run with. */
  readonly rows?: number;
  readonly apiBlocks?: number;
  readonly endpoints?: number;
  readonly examples?: number;
  readonly dependencies?: number;
  readonly stageTargets?: number;
}

const counted: Readonly<Record<string, Counted>> = {
  "gherkin/fences": { form: "markdown", requirements: 2, criteria: 3, scenarios: 7, steps: 20, rows: 2 },
  "gherkin/front-matter.feature": {
    form: "gherkin",
    requirements: 1,
    synthetic: 1,
    criteria: 2,
    scenarios: 2,
    steps: 4,
    rows: 2,
  },
  "gherkin/no-rules.feature": {
    form: "gherkin",
    requirements: 1,
    synthetic: 1,
    criteria: 2,
    scenarios: 2,
    steps: 7,
  },
  "gherkin/outline-in-headings": { form: "markdown", scenarios: 2, steps: 6, rows: 3 },
  "gherkin/rules.feature": {
    form: "gherkin",
    requirements: 2,
    synthetic: 1,
    criteria: 3,
    scenarios: 3,
    steps: 12,
    rows: 2,
  },
  "kiro/classic": { form: "kiro", requirements: 2, criteria: 5 },
  "kiro/design": { form: "kiro", apiBlocks: 1 },
  "kiro/espanol": { form: "kiro", requirements: 2, criteria: 3 },
  "kiro/named": { form: "kiro", requirements: 2, criteria: 4 },
  "kiro/starred-lists": { form: "kiro", requirements: 3, criteria: 5 },
  "kiro/table-inside": { form: "kiro", requirements: 1, criteria: 3 },
  "kiro/tasks": { form: "kiro" },
  "markdown/api-and-tables": {
    form: "markdown",
    requirements: 3,
    apiBlocks: 1,
    endpoints: 6,
    examples: 5,
  },
  "markdown/ears": { form: "markdown", requirements: 6, synthetic: 6 },
  "markdown/empty-sections": { form: "markdown" },
  "markdown/front-matter": {
    form: "markdown",
    requirements: 3,
    synthetic: 1,
    criteria: 2,
    scenarios: 1,
    steps: 3,
  },
  "markdown/html-and-footnotes": { form: "markdown", requirements: 3 },
  "markdown/long-form": {
    form: "markdown",
    requirements: 2,
    criteria: 6,
    scenarios: 1,
    steps: 4,
    dependencies: 2,
  },
  "markdown/nested-lists": { form: "markdown", requirements: 6, synthetic: 2, criteria: 7 },
  "markdown/numbered-headings": { form: "markdown", requirements: 4, criteria: 2 },
  "markdown/prose-only": { form: "markdown" },
  "markdown/short-ids": { form: "markdown", requirements: 4, synthetic: 1 },
  "markdown/tables": { form: "markdown", requirements: 5, criteria: 2 },
  "markdown/usage-shapes": { form: "markdown", requirements: 2, examples: 9 },
  "openspec/capability": {
    form: "openspec",
    requirements: 3,
    synthetic: 3,
    criteria: 4,
    scenarios: 3,
    steps: 9,
  },
  "openspec/change-delta": {
    form: "openspec",
    requirements: 2,
    synthetic: 2,
    criteria: 3,
    scenarios: 3,
    steps: 7,
  },
  "openspec/chinese": {
    form: "openspec",
    requirements: 1,
    synthetic: 1,
    criteria: 2,
    scenarios: 2,
    steps: 5,
  },
  "openspec/mixed-depth": {
    form: "openspec",
    requirements: 2,
    synthetic: 2,
    criteria: 3,
    scenarios: 3,
    steps: 6,
  },
  "openspec/plain-lines": {
    form: "openspec",
    requirements: 2,
    synthetic: 1,
    criteria: 3,
    scenarios: 3,
    steps: 9,
    rows: 2,
  },
  "openspec/with-fences": {
    form: "openspec",
    requirements: 1,
    synthetic: 1,
    criteria: 1,
    scenarios: 1,
    steps: 2,
  },
  "spec-kit/clarified": {
    form: "spec-kit",
    requirements: 4,
    synthetic: 1,
    shared: 3,
    scenarios: 4,
    steps: 12,
    dependencies: 1,
  },
  "spec-kit/espanol": { form: "spec-kit", requirements: 3, shared: 1, scenarios: 2, steps: 7 },
  "spec-kit/many-shapes": { form: "spec-kit", requirements: 3, scenarios: 3, steps: 11 },
  "spec-kit/plain-words": { form: "spec-kit", requirements: 3, shared: 2, scenarios: 2, steps: 6 },
  "spec-kit/stories": { form: "spec-kit", requirements: 5, shared: 2, scenarios: 3, steps: 10 },
  "tta/api-template": { form: "tta", endpoints: 3 },
  "tta/component-template": {
    form: "tta",
    requirements: 4,
    criteria: 6,
    shared: 4,
    apiBlocks: 2,
    dependencies: 3,
    stageTargets: 4,
  },
  "tta/documentation-only": { form: "markdown" },
  "tta/feature-template": {
    form: "tta",
    requirements: 3,
    synthetic: 2,
    criteria: 4,
    shared: 2,
    dependencies: 2,
    stageTargets: 2,
  },
  "tta/loose-bullets": { form: "markdown", requirements: 4, shared: 2 },
  "tta/loose-numbers": {
    form: "tta",
    requirements: 3,
    synthetic: 3,
    criteria: 6,
    shared: 3,
    apiBlocks: 1,
    examples: 4,
    dependencies: 2,
    stageTargets: 3,
  },
  "tta/stage-labels": { form: "tta", requirements: 2, criteria: 3, dependencies: 3, stageTargets: 3 },
};

const names = Object.keys(counted);

function read(name: string): string {
  return readFileSync(join(folder, `${name}.md`), "utf8");
}

/** The files of Kiro are told by their folder. */
function parse(name: string, text: string): SpecDoc {
  const file = name.startsWith("kiro/") ? `.kiro/specs/${name}.md` : `specs/${name}.md`;
  return parseSpec(text, file, budgetMs, gherkin);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

function counts(doc: SpecDoc): Required<Counted> {
  const { requirements, scenarios } = doc;
  return {
    form: doc.form,
    requirements: requirements.length,
    synthetic: requirements.filter(({ synthetic }) => synthetic).length,
    criteria: sum(requirements.map(({ criteria }) => criteria.length)),
    shared: doc.criteria.length,
    scenarios: scenarios.length,
    steps: sum(scenarios.map(({ steps }) => steps.length)),
    rows: sum(scenarios.flatMap(({ examples }) => examples.map(({ rows }) => rows.length))),
    apiBlocks: doc.apiBlocks.length,
    endpoints: doc.endpoints.length,
    examples: doc.examples.length,
    dependencies: doc.dependencies.length,
    stageTargets: doc.stageTargets.length,
  };
}

const none: Omit<Required<Counted>, "form"> = {
  requirements: 0,
  synthetic: 0,
  criteria: 0,
  shared: 0,
  scenarios: 0,
  steps: 0,
  rows: 0,
  apiBlocks: 0,
  endpoints: 0,
  examples: 0,
  dependencies: 0,
  stageTargets: 0,
};

describe("the corpus", () => {
  it("has no file that nobody counted", () => {
    const files = globSync("**/*.md", { cwd: folder }).map((file) => file.replaceAll("\\", "/").slice(0, -3));
    expect(files.toSorted()).toEqual(names.toSorted());
  });

  it.each(names)("%s is read as it was counted by hand", (name) => {
    expect(counts(parse(name, read(name)))).toEqual({ ...none, ...counted[name] });
  });

  it.each(names)("%s says the same with other line ends and a byte order mark", (name) => {
    const text = read(name);
    const doc = parse(name, text);
    expect(parse(name, text.replaceAll("\n", "\r\n"))).toEqual(doc);
    expect(parse(name, text.replaceAll("\n", "\r"))).toEqual(doc);
    expect(parse(name, `\uFEFF${text}`)).toEqual(doc);
  });
});
