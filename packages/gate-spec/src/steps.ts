import type { ScenarioStep } from "@towpath/core";
import type { Nodes, PhrasingContent } from "mdast";
import { linedText } from "./lined-text.ts";
import { placeOfLine, type Source } from "./source.ts";

/** A word that begins a step. `and` goes on with what the step before it is. */
export type StepWord = ScenarioStep["keyword"] | "and";

/** A step as it is written, before `and` has become the word that it continues. */
export interface WrittenStep {
  readonly word: StepWord;
  /** On one line. */
  readonly text: string;
  /** 1-based line of its word. */
  readonly line: number;
}

// English, and the languages in whose specifications the words of the templates are often translated.
const words: readonly (readonly [StepWord, ...string[]])[] = [
  [
    "given",
    "given",
    "dado",
    "dada",
    "dados",
    "dadas",
    "soit",
    "étant donné",
    "étant donnée",
    "angenommen",
    "gegeben sei",
  ],
  ["when", "when", "cuando", "quando", "quand", "lorsque", "wenn"],
  ["then", "then", "entonces", "então", "alors", "dann"],
  ["and", "and", "but", "y", "pero", "e", "mas", "et", "mais", "und", "aber"],
];
const wordOf = new Map(words.flatMap(([word, ...forms]) => forms.map((form) => [form, word] as const)));
const anyWord = [...wordOf.keys()].toSorted((a, b) => b.length - a.length).join("|");

/** Around a word that is marked as a step's by bold or italic type. */
const open = "\uE000";
const close = "\uE001";
const onlyWord = new RegExp(`^(?:${anyWord}):?$`, "iu");
const marked = `${open}(?<marked>${anyWord})${close}`;
const atLine = `(?<=^|\\n)[ \\t]*(?<line>${anyWord})(?=[\\s:,]|$)`;
// Inside of a line without marks: after a comma, or in capitals, but never `and`.
const afterComma = `(?<=[,;]\\s)(?<comma>given|when|then)(?=[\\s:,]|$)`;
const inCapitals = `(?<=\\s)(?<capital>GIVEN|WHEN|THEN|AND|BUT|Given|When|Then)(?=[\\s:,]|$)`;
const boundary = new RegExp(`${marked}|${atLine}|${afterComma}|${inCapitals}`, "giu");

/** What a paragraph spells out, step by step. */
export interface Written {
  /** What stands before the first step, on one line. */
  readonly before: string;
  readonly steps: readonly WrittenStep[];
}

/**
 * The steps that a paragraph spells out: `**Given** a, **When** b, **Then** c`, `Given a, when b, then c`, or one word a
 * line. Without marks only words at the beginning of a line, in capitals, or after a comma count.
 */
export function writtenSteps(nodes: readonly PhrasingContent[]): Written {
  const { text, lineAt } = linedText(nodes, markWord);
  const hits = [...boundaries(text)];
  const steps = hits.map(({ word, start, end }, index) => ({
    word,
    text: cleaned(text.slice(end, hits[index + 1]?.start ?? text.length)),
    line: lineAt(start),
  }));
  return { before: cleaned(text.slice(0, hits[0]?.start ?? text.length)), steps };
}

interface Hit {
  readonly word: StepWord;
  readonly start: number;
  readonly end: number;
}

function* boundaries(text: string): Generator<Hit> {
  for (const match of text.matchAll(boundary)) {
    const groups = match.groups ?? {};
    const written = groups["marked"] ?? groups["line"] ?? groups["comma"] ?? groups["capital"] ?? "";
    const word = wordOf.get(written.toLowerCase());
    if (word === undefined || !counts(written, groups)) continue;
    yield { word, start: match.index, end: match.index + match[0].length };
  }
}

/** Without a mark a line must begin with a capital: any wrapped sentence has a line that begins with "when". */
function counts(written: string, groups: Readonly<Record<string, string | undefined>>): boolean {
  if (groups["line"] !== undefined) return /^\p{Lu}/u.test(written);
  if (groups["capital"] !== undefined) return /^[A-Z]/.test(written) && !/^(?:And|But)$/.test(written);
  return true;
}

function markWord(node: Nodes): string | undefined {
  if (node.type !== "strong" && node.type !== "emphasis") return undefined;
  const text = linedText(node.children).text.trim();
  return onlyWord.test(text) ? `${open}${text.replace(/:$/, "")}${close}` : undefined;
}

/** On one line, without marks, and without the colon or comma that separates it from what is around it. */
function cleaned(text: string): string {
  const line = text
    .replaceAll(/[\uE000\uE001]/g, "")
    .replaceAll(/\s+/g, " ")
    .replace(/^[\s:,]+/, "");
  let end = line.length;
  while (end > 0 && " ,;".includes(line[end - 1] ?? "?")) end--;
  return line.slice(0, end);
}

/** Steps in which `and` has become the word that it continues. Those without a text are left out. */
export function stepsFrom(
  source: Source,
  written: readonly (WrittenStep & Pick<ScenarioStep, "table" | "docString">)[],
): readonly ScenarioStep[] {
  let keyword: ScenarioStep["keyword"] = "given";
  return written.flatMap(({ word, text, line, table, docString }) => {
    if (word !== "and") keyword = word;
    if (text === "") return [];
    return [
      {
        keyword,
        text,
        ...(table === undefined ? {} : { table }),
        ...(docString === undefined ? {} : { docString }),
        at: placeOfLine(source, line),
      },
    ];
  });
}
