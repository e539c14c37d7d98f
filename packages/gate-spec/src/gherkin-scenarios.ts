import type { ExampleTable, Place } from "@towpath/core";
import type {
  Background,
  Examples,
  Feature,
  GherkinDocument,
  Rule,
  Scenario as GherkinScenario,
  Step,
  TableRow,
  Tag,
} from "@cucumber/messages";
import { mentionedIds } from "./requirement-id.ts";
import type { ScenarioDraft } from "./scenario-draft.ts";
import { placeOfLine, type Source } from "./source.ts";
import { stepsFrom, type StepWord, type WrittenStep } from "./steps.ts";

/** A rule of a feature, or the feature itself for what stands outside of rules. */
export interface GherkinRule {
  readonly name: string;
  readonly description: string;
  readonly scenarios: readonly ScenarioDraft[];
  readonly at: Place;
}

/** Where a parsed text stands in the file. */
interface Origin {
  readonly source: Source;
  /** What to add to a line of the text to get that of the file. */
  readonly shift: number;
  /** Name of a scenario that has none. */
  readonly unnamed: string;
}

interface Around {
  readonly tags: readonly string[];
  readonly mentions: readonly string[];
  readonly background: readonly Step[];
}

/**
 * The rules of a Gherkin document; the feature itself comes first if it has scenarios outside of rules. Steps of a
 * background begin each scenario.
 */
export function gherkinRules({ feature }: GherkinDocument, origin: Origin): readonly GherkinRule[] {
  if (feature === undefined) return [];
  const outer = around({ tags: [], mentions: [], background: [] }, feature);
  const scenarios = scenariosIn(feature, outer, origin);
  const own: readonly GherkinRule[] =
    scenarios.length === 0 ? [] : [ruleOf(feature, feature, scenarios, origin)];
  const rules = feature.children.flatMap(({ rule }) =>
    rule === undefined ? [] : [ruleOf(rule, feature, scenariosIn(rule, around(outer, rule), origin), origin)],
  );
  return [...own, ...rules];
}

function ruleOf(
  { name, description, location }: Feature | Rule,
  feature: Feature,
  scenarios: readonly ScenarioDraft[],
  { source, shift }: Origin,
): GherkinRule {
  // Without `# Feature:` the parser takes the first line for the feature's name, marks and all.
  const title = (name === "" ? feature.name : name).replace(/^#{1,6}\s+/, "");
  return { name: title, description, scenarios, at: placeOfLine(source, location.line + shift) };
}

function around(outer: Around, node: Feature | Rule): Around {
  return {
    tags: [...outer.tags, ...namesOf(node.tags)],
    mentions: [...outer.mentions, ...mentionedIds(node.name)],
    background: [...outer.background, ...node.children.flatMap(({ background }) => stepsOf(background))],
  };
}

function stepsOf(background: Background | undefined): readonly Step[] {
  return background?.steps ?? [];
}

function scenariosIn(node: Feature | Rule, outer: Around, origin: Origin): readonly ScenarioDraft[] {
  return node.children.flatMap(({ scenario }) =>
    scenario === undefined ? [] : [draftOf(scenario, outer, origin)],
  );
}

function draftOf(scenario: GherkinScenario, outer: Around, origin: Origin): ScenarioDraft {
  const { source, shift } = origin;
  const tags = [
    ...new Set([
      ...outer.tags,
      ...namesOf(scenario.tags),
      ...scenario.examples.flatMap((each) => namesOf(each.tags)),
    ]),
  ];
  const name = scenario.name === "" ? origin.unnamed : scenario.name;
  return {
    name,
    tags,
    steps: stepsFrom(
      source,
      [...outer.background, ...scenario.steps].map((step) => writtenStep(step, shift)),
    ),
    examples: scenario.examples.flatMap((each) => tableOf(each, origin)),
    mentions: [
      ...new Set([
        ...[...tags, name, ...scenario.steps.map(({ text }) => text)].flatMap(mentionedIds),
        ...outer.mentions,
      ]),
    ],
    at: placeOfLine(source, scenario.location.line + shift),
  };
}

function namesOf(tags: readonly Tag[]): readonly string[] {
  return tags.map(({ name }) => name.replace(/^@/, ""));
}

function writtenStep(step: Step, shift: number): WrittenStep & { readonly docString?: string } {
  const { keywordType, keyword, text, location, dataTable, docString } = step;
  return {
    word: wordOf(keywordType, keyword),
    text,
    line: location.line + shift,
    ...(dataTable === undefined ? {} : { table: dataTable.rows.map(cellsOf) }),
    ...(docString === undefined ? {} : { docString: docString.content }),
  };
}

/** `*` and words that mean several things go on with what the step before is. */
function wordOf(type: Step["keywordType"], keyword: string): StepWord {
  if (type === "Context") return "given";
  if (type === "Action") return "when";
  if (type === "Outcome") return "then";
  const english = keyword.trim().toLowerCase();
  return english === "given" || english === "when" || english === "then" ? english : "and";
}

function tableOf(
  { tableHeader, tableBody, location }: Examples,
  { source, shift }: Origin,
): readonly ExampleTable[] {
  if (tableHeader === undefined) return [];
  const at = placeOfLine(source, location.line + shift);
  return [{ head: cellsOf(tableHeader), rows: tableBody.map(cellsOf), at }];
}

function cellsOf({ cells }: TableRow): readonly string[] {
  return cells.map(({ value }) => value);
}
