import type { Dependency } from "@towpath/core";
import type { ListItem, PhrasingContent, RootContent, Table } from "mdast";
import { textOf } from "./markdown.ts";
import { everySection, type OutlineSection } from "./outline.ts";
import { headOf } from "./requirement-body.ts";
import { isScenarioTitle } from "./scenario-title.ts";
import { placeOf, type Source } from "./source.ts";
import { stageWord } from "./stage-word.ts";

/** What a component needs, as lists and tables below a heading "Dependencies" say. */
export function dependenciesOf(source: Source, top: OutlineSection): readonly Dependency[] {
  return [...everySection(top)]
    .filter(speaksOfDependencies)
    .flatMap((section) => section.blocks.flatMap((block) => dependenciesIn(source, block)));
}

const kinds =
  "component|external|internal|required|optional|system|service|runtime|development|dev|build|test|python|package|library|third-party|key|technical|upstream|feature|module|software|infrastructure|hard|soft|direct";
const heading = new RegExp(`^(?:(?:${kinds}|and|&|/) ){0,4}(?:dependenc(?:y|ies)|required components)$`, "i");
const aside = /\b(?:timeline|issues?|risks?|resolution|blocking|blocked|notes?)\b/i;

function speaksOfDependencies({ title, parent, ownRole }: OutlineSection): boolean {
  if (heading.test(plainTitle(title))) return true;
  if (aside.test(title) || isScenarioTitle(title) || (ownRole !== undefined && ownRole !== "elsewhere"))
    return false;
  return parent !== undefined && speaksOfDependencies(parent);
}

function plainTitle(title: string): string {
  return title
    .slice(0, 200)
    .replace(/^[\d.\s]{1,12}/, "")
    .replace(/\s{0,3}\([^()]*\)$/, "")
    .replace(/[:\s*]{1,5}$/, "");
}

function dependenciesIn(source: Source, block: RootContent): readonly Dependency[] {
  if (block.type === "list") return block.children.flatMap((item) => ofItem(source, item) ?? []);
  return block.type === "table" ? ofTable(source, block) : [];
}

/** `` - `name` (staging) - purpose``, `- **name**: purpose`, `- name (for a purpose)`. */
function ofItem(source: Source, item: ListItem): Dependency | undefined {
  const nodes = headOf(item)?.children ?? [];
  const [first, ...others] = nodes;
  if (first === undefined) return undefined;
  const isMarked = first.type === "inlineCode" || first.type === "strong" || first.type === "link";
  const [head, tail] = isMarked
    ? [textOf([first]), textOf(others)]
    : splitName(textOf(nodes as readonly PhrasingContent[]));
  const name = nameOf(head);
  if (name === undefined || (!isMarked && !isShort(name))) return undefined;
  const [, note, after = ""] = /^(?:\(([^()]{0,200})\))?\s*(.*)$/su.exec(tail) ?? [];
  const stage = stageWord(note ?? "");
  const purpose = after.replace(/^(?:[-–—:,]\s*)+/, "") || (stage === undefined ? (note ?? "") : "");
  return {
    name,
    ...(stage === undefined ? {} : { stage }),
    ...(purpose === "" ? {} : { purpose }),
    at: placeOf(source, item),
  };
}

function splitName(text: string): readonly [string, string] {
  const at = text.search(/\s[-–—(]|:\s|:$/);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at).trim()];
}

/** Without a version; undefined for "None" and the like. */
function nameOf(text: string): string | undefined {
  const name = text
    .slice(0, 200)
    .trim()
    .replace(/:$/, "")
    .replace(/\s?(?:[<>=!~]=|[<>^≥≤]).*$/su, "")
    .replace(/\s+v?\d[\w.]*\+?$/, "");
  return name === "" || /^(?:none|nothing|no|n\/a|not applicable|tbd)\b/i.test(name) ? undefined : name;
}

function isShort(name: string): boolean {
  return name.length <= 60 && name.split(" ").length <= 4;
}

function ofTable(source: Source, table: Table): readonly Dependency[] {
  const [head, ...rows] = table.children;
  const titles = (head?.children ?? []).map((cell) => textOf(cell.children).toLowerCase());
  const find = (pattern: RegExp): number => titles.findIndex((title) => pattern.test(title));
  const [stages, purposes] = [
    find(/\b(?:stage|maturity)\b/),
    find(/\b(?:purpose|reason|why|used for|description)\b/),
  ];
  return rows.flatMap((row) => {
    const cell = (index: number): string => textOf(row.children[index]?.children ?? []);
    const name = nameOf(cell(0));
    if (name === undefined || !isShort(name)) return [];
    const stage = stageWord(cell(stages));
    const purpose = cell(purposes);
    return [
      {
        name,
        ...(stage === undefined ? {} : { stage }),
        ...(purpose === "" ? {} : { purpose }),
        at: placeOf(source, row),
      },
    ];
  });
}
