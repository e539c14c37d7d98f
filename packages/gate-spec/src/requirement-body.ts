import type { Criterion } from "@towpath/core";
import type {
  BlockContent,
  DefinitionContent,
  ListItem,
  Paragraph,
  PhrasingContent,
  RootContent,
} from "mdast";
import { announcesCriteria, announcesTarget, labelsOf, type Label } from "./labels.ts";
import { endOf, linedText, type LinedText } from "./lined-text.ts";
import { textOf } from "./markdown.ts";
import { placeOf, type Source } from "./source.ts";

/** Something that is said, with the lines on which each word of it stands. */
export interface Statement {
  /** On one line. */
  readonly text: string;
  readonly lined: LinedText;
}

/** What stands below the head of a requirement, or in a section of criteria. */
export interface Body {
  readonly text: readonly Statement[];
  readonly labels: readonly Label[];
  readonly criteria: readonly Criterion[];
  /** Figures to be reached (`**Target:** p95 < 200 ms`), which are the criteria of a non-functional requirement. */
  readonly targets: readonly Criterion[];
}

type Block = RootContent | BlockContent | DefinitionContent;

interface OpenBody {
  readonly text: Statement[];
  readonly labels: Label[];
  readonly criteria: Criterion[];
  readonly targets: Criterion[];
}

/**
 * Sorts blocks into text, labels and criteria. Criteria are ticked items, items of a list that follows
 * `**Acceptance Criteria:**`, Given-When-Then sentences and fenced Gherkin.
 * @param listed whether plain list items and table rows count as criteria from the start
 */
export function readBody(source: Source, blocks: readonly Block[], listed = false): Body {
  const body: OpenBody = { text: [], labels: [], criteria: [], targets: [] };
  let announced = listed;
  for (const block of blocks) {
    if (block.type === "paragraph") announced = readParagraph(source, block, announced, body) ?? announced;
    else if (block.type === "list")
      for (const item of block.children) readItem(source, item, announced, body);
    else if (block.type === "table" && announced) {
      for (const row of block.children.slice(1))
        add(body.criteria, textOf(row.children), placeOf(source, row));
    } else if (block.type === "code" && /^(?:gherkin|cucumber|feature)$/i.test(block.lang ?? "")) {
      add(body.criteria, block.value.trim().split("\n")[0] ?? "", placeOf(source, block));
    }
  }
  return body;
}

/** Several bodies as one. */
export function joinBodies(bodies: readonly Body[]): Body {
  return {
    text: bodies.flatMap((body) => body.text),
    labels: bodies.flatMap((body) => body.labels),
    criteria: bodies.flatMap((body) => body.criteria),
    targets: bodies.flatMap((body) => body.targets),
  };
}

/**
 * Some inline nodes as a statement, or undefined when they say nothing.
 * @param end its words, when it is not all that the nodes say
 */
export function statementOf(
  nodes: readonly PhrasingContent[],
  end: string = textOf(nodes),
): Statement | undefined {
  return end === "" ? undefined : { text: end, lined: endOf(linedText(nodes), end) };
}

/** A list item as a criterion, with its tick; undefined when it says nothing. */
export function criterionOf(source: Source, item: ListItem): Criterion | undefined {
  const head = headOf(item);
  if (head === undefined) return undefined;
  const { done, text } = tick(item, textOf(head.children));
  if (text === "") return undefined;
  return { text, at: placeOf(source, item), ...(done === undefined ? {} : { done }) };
}

/** The first paragraph of a list item. */
export function headOf(item: ListItem): Paragraph | undefined {
  const [first] = item.children;
  return first?.type === "paragraph" ? first : undefined;
}

/** Reads a paragraph; returns whether its last label announces criteria, or undefined when it has no label. */
function readParagraph(
  source: Source,
  paragraph: Paragraph,
  announced: boolean,
  body: OpenBody,
): boolean | undefined {
  const { text, labels, before } = labelsOf(paragraph);
  // `1.2. WHEN …` is no list for Markdown.
  const counted = announced && labels.length === 0 ? /^\d{1,4}(?:\.\d{1,4})+[.):]?\s/.exec(text) : null;
  if (counted !== null) add(body.criteria, text.slice(counted[0].length), placeOf(source, paragraph));
  else if (isScenario(text)) add(body.criteria, text, placeOf(source, paragraph));
  else body.text.push(...some(statementOf(before)));
  for (const label of labels) {
    body.labels.push(label);
    const at = placeOf(source, label.node, paragraph);
    if (announcesCriteria(label.label)) add(body.criteria, label.value, at);
    else if (announcesTarget(label.label)) add(body.targets, label.value, at);
  }
  const last = labels.at(-1);
  return last === undefined ? undefined : announcesCriteria(last.label);
}

function readItem(source: Source, item: ListItem, announced: boolean, body: OpenBody): void {
  const head = headOf(item);
  if (head === undefined) return;
  const { done, text } = tick(item, textOf(head.children));
  if (announced || done !== undefined || isScenario(text)) {
    if (!isKnownLabel(head)) return add(body.criteria, text, placeOf(source, item), done);
  }
  const inner = readBody(source, item.children);
  body.text.push(...inner.text);
  body.labels.push(...inner.labels);
  body.criteria.push(...inner.criteria);
  body.targets.push(...inner.targets);
}

function isKnownLabel(head: Paragraph): boolean {
  const [label] = labelsOf(head).labels;
  return label !== undefined && (announcesCriteria(label.label) || label.label === "priority");
}

function tick(item: ListItem, text: string): { readonly done: boolean | undefined; readonly text: string } {
  if (typeof item.checked === "boolean") return { done: item.checked, text };
  const sign = /^([✅☑✔❌⬜☐])\uFE0F?\s*/u.exec(text);
  if (sign === null) return { done: undefined, text };
  return { done: "✅☑✔".includes(sign[1] ?? "?"), text: text.slice(sign[0].length) };
}

/** `When x, then y shall z` is a statement, and no scenario. */
function isScenario(text: string): boolean {
  if (/^(?:Given|GIVEN)\b/.test(text)) return /\b(?:[Tt]hen|THEN)\b/.test(text);
  return /^(?:When|WHEN)\b/.test(text) && /\b(?:Then|THEN)\b/.test(text);
}

function some<T>(value: T | undefined): readonly T[] {
  return value === undefined ? [] : [value];
}

function add(to: Criterion[], text: string, at: Criterion["at"], done?: boolean): void {
  if (text !== "") to.push({ text, at, ...(done === undefined ? {} : { done }) });
}
