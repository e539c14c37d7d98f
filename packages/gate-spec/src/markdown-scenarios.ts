import type { ExampleTable } from "@towpath/core";
import type {
  BlockContent,
  Code,
  DefinitionContent,
  List,
  ListItem,
  Paragraph,
  RootContent,
  Table,
} from "mdast";
import { textOf } from "./markdown.ts";
import { everySection, isWithdrawn, type OutlineSection } from "./outline.ts";
import { headOf } from "./requirement-body.ts";
import { mentionedIds } from "./requirement-id.ts";
import type { ScenarioDraft } from "./scenario-draft.ts";
import { isScenarioTitle, priorityTag, scenarioName } from "./scenario-title.ts";
import { placeOf, type Source } from "./source.ts";
import { stepsFrom, writtenSteps, type Written, type WrittenStep } from "./steps.ts";

type Block = RootContent | BlockContent | DefinitionContent;
type Step = Parameters<typeof stepsFrom>[1][number];

/** Where scenarios are looked for, and what those without a name of their own are called. */
interface Place {
  readonly source: Source;
  readonly section: OutlineSection;
  readonly found: ScenarioDraft[];
  /** Whether the heading says that all below it is one scenario. */
  readonly name: string;
}

/**
 * The scenarios that Markdown spells out: below a heading `Scenario: …`, as a list with one step an item, and as a
 * sentence `Given …, when …, then …`. Those in fences and quotes are none.
 */
export function markdownScenarios(source: Source, top: OutlineSection): readonly ScenarioDraft[] {
  const found: ScenarioDraft[] = [];
  const done = new Set<OutlineSection>();
  for (const section of everySection(top)) {
    if (done.has(section) || isWithdrawn(section)) continue;
    const parts = isScenarioTitle(section.title) ? partsOf(section) : [];
    const whole = headingScenario(source, section, parts);
    if (whole !== undefined) {
      for (const part of parts) done.add(part);
      found.push(whole);
    } else if (section.role !== "example") {
      scan({ source, section, found, name: nameOf(section) }, section.blocks);
    }
  }
  return numbered(found);
}

/** A draft from steps, with what the headings above it say. */
export function scenarioDraft(
  source: Source,
  section: OutlineSection,
  name: string,
  steps: readonly Step[],
  at: ScenarioDraft["at"],
  examples: readonly ExampleTable[] = [],
): ScenarioDraft {
  const { tags, mentions } = saidAbove(section);
  return {
    name,
    tags,
    steps: stepsFrom(source, steps),
    examples,
    mentions: [...new Set([name, ...steps.map(({ text }) => text)].flatMap(mentionedIds).concat(mentions))],
    at,
  };
}

// An endless heading must not be carried into each scenario below it.
const longestTitle = 300;

function nameOf({ title }: OutlineSection): string {
  return scenarioName(title.slice(0, longestTitle));
}

/** The section of a scenario, and the headings below it that divide it. */
function partsOf(section: OutlineSection): readonly OutlineSection[] {
  return [section, ...section.children.filter(({ title }) => /^(?:examples?|steps?)\b/i.test(title))];
}

function headingScenario(
  source: Source,
  section: OutlineSection,
  parts: readonly OutlineSection[],
): ScenarioDraft | undefined {
  const { heading } = section;
  const blocks = parts.flatMap((part) => part.blocks);
  const steps = blocks.flatMap((block) => stepsIn(block));
  if (heading === undefined || steps.length === 0) return undefined;
  const examples = blocks.flatMap((block) => (block.type === "table" ? [exampleTable(source, block)] : []));
  return scenarioDraft(source, section, nameOf(section), steps, placeOf(source, heading), examples);
}

function stepsIn(block: Block): readonly Step[] {
  if (block.type === "paragraph") {
    const { before, steps } = writtenSteps(block.children);
    return before === "" ? steps : [];
  }
  return block.type === "list" ? block.children.flatMap((item) => stepsOfItem(item)) : [];
}

/** The steps of a list item; what is nested below it belongs to the last of them. */
function stepsOfItem(item: ListItem): readonly Step[] {
  const [head, ...rest] = item.children;
  if (head?.type !== "paragraph") return [];
  const { before, steps } = writtenSteps(head.children);
  const last = steps.at(-1);
  if (before !== "" || last === undefined) return [];
  return [...steps.slice(0, -1), withAttachments(last, rest)];
}

function withAttachments(step: WrittenStep, blocks: readonly Block[]): Step {
  const details = blocks.flatMap((block) =>
    block.type === "list" || block.type === "paragraph" ? [textOf([block])] : [],
  );
  const table = blocks.find((block): block is Table => block.type === "table");
  const code = blocks.find((block): block is Code => block.type === "code");
  return {
    ...step,
    text: [step.text, ...details].filter((text) => text !== "").join(" "),
    ...(table === undefined ? {} : { table: rowsOf(table) }),
    ...(code === undefined ? {} : { docString: code.value }),
  };
}

function scan(place: Place, blocks: readonly Block[]): void {
  let lines: { readonly node: Paragraph; readonly steps: WrittenStep[] } | undefined;
  let name = place.name;
  const flush = (): void => {
    if (lines !== undefined && isSentence({ before: "", steps: lines.steps }))
      add(place, name, lines.steps, lines.node);
    lines = undefined;
  };
  for (const block of blocks) {
    if (block.type === "paragraph") {
      const written = writtenSteps(block.children);
      if (isSentence(written)) {
        flush();
        add(place, nameBefore(written.before) ?? name, written.steps, block);
      } else if (written.before === "" && written.steps.length > 0) {
        lines ??= { node: block, steps: [] };
        lines.steps.push(...written.steps);
      } else {
        flush();
        name = titleIn(block) ?? place.name;
      }
    } else {
      flush();
      if (block.type === "list") scanList({ ...place, name }, block);
    }
  }
  flush();
}

function scanList(place: Place, list: List): void {
  const steps = list.children.flatMap((item) => stepsOfItem(item));
  const written = list.children.map((item) => writtenSteps(headOf(item)?.children ?? []));
  const begins = written.flatMap(({ before, steps: [first] }) =>
    before === "" && first !== undefined ? [first] : [],
  );
  if (!written.some(isSentence) && isScenario(begins)) {
    add(place, place.name, steps, list.children.find((item) => stepsOfItem(item).length > 0) ?? list);
    return;
  }
  list.children.forEach((item, index) => {
    const own = written[index];
    if (own !== undefined && isSentence(own))
      return add(place, nameBefore(own.before) ?? place.name, own.steps, item);
    const head = headOf(item);
    const name = head === undefined ? undefined : titleIn(head);
    scan({ ...place, name: name ?? place.name }, item.children.slice(head === undefined ? 0 : 1));
  });
}

/** Whether steps tell what is done and what comes of it. */
function isScenario(steps: readonly WrittenStep[]): boolean {
  const [first] = steps;
  return (first?.word === "given" || first?.word === "when") && steps.some(({ word }) => word === "then");
}

/** `When x, then y shall z` is a statement in EARS instead. */
function isSentence({ before, steps }: Written): boolean {
  if (!isScenario(steps) || (before !== "" && nameBefore(before) === undefined)) return false;
  return (
    steps[0]?.word === "given" ||
    !steps.some(({ text }) => /\b(?:[Ss]hall|SHALL|[Mm]ust|MUST|SHOULD|MAY)\b/.test(text))
  );
}

/** A short head such as `AC-1:` before the first step. */
function nameBefore(before: string): string | undefined {
  const head = /^(.{1,80}?)\s?[:–—-]$/.exec(before)?.[1];
  return head === undefined ? undefined : scenarioName(head);
}

/** The words of a paragraph that announces what follows it: bold as a whole, `Scenario: x`, or a short line with a colon. */
function titleIn(paragraph: Paragraph): string | undefined {
  const text = textOf(paragraph.children);
  if (text.length > 120) return undefined;
  if (isScenarioTitle(text)) return scenarioName(text);
  const bold = paragraph.children.length === 1 && paragraph.children[0]?.type === "strong";
  return bold && !/^acceptance/i.test(text) ? scenarioName(text) : undefined;
}

function add(
  { source, section, found }: Place,
  name: string,
  steps: readonly Step[],
  node: RootContent | ListItem,
): void {
  found.push(scenarioDraft(source, section, name, steps, placeOf(source, node)));
}

/** Scenarios of one section that have no name but that of the section are told apart by numbers. */
function numbered(drafts: readonly ScenarioDraft[]): readonly ScenarioDraft[] {
  const total = new Map<string, number>();
  for (const { name } of drafts) total.set(name, (total.get(name) ?? 0) + 1);
  const seen = new Map<string, number>();
  return drafts.map((draft) => {
    if (total.get(draft.name) === 1) return draft;
    const n = (seen.get(draft.name) ?? 0) + 1;
    seen.set(draft.name, n);
    return { ...draft, name: `${draft.name} ${n}`.trim() };
  });
}

interface Said {
  readonly tags: readonly string[];
  readonly mentions: readonly string[];
}

const said = new WeakMap<OutlineSection, Said>();

/** What a heading and those above it say of a scenario below: the nearest priority, and all ids. Read once a section. */
function saidAbove(section: OutlineSection): Said {
  const known = said.get(section);
  if (known !== undefined) return known;
  const above: Said = section.parent === undefined ? { tags: [], mentions: [] } : saidAbove(section.parent);
  const title = section.title.slice(0, longestTitle);
  const tag = priorityTag(title);
  const own: Said = {
    tags: tag === undefined ? above.tags : [tag],
    mentions: [...mentionedIds(title), ...above.mentions],
  };
  said.set(section, own);
  return own;
}

function exampleTable(source: Source, table: Table): ExampleTable {
  const [head = [], ...rows] = rowsOf(table);
  return { head, rows, at: placeOf(source, table) };
}

function rowsOf(table: Table): readonly (readonly string[])[] {
  return table.children.map((row) => row.children.map((cell) => textOf(cell.children)));
}
