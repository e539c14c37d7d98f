import type { SpecExample } from "@towpath/core";
import type { Code, RootContent, Table } from "mdast";
import { textOf } from "../markdown.ts";
import { everySection, type OutlineSection } from "../outline.ts";
import { mentionedIds } from "../requirement-id.ts";
import { placeOf, placeOfLine, type Source } from "../source.ts";
import { expectedOf } from "./expected.ts";
import { isSession, sessionExamples } from "./session-examples.ts";
import { usageExamples } from "./usage-examples.ts";

/** An example before it is known which requirements there are. */
export interface ExampleDraft extends Omit<SpecExample, "requirements"> {
  /** Ids that the example, or a heading above it, mentions. */
  readonly mentions: readonly string[];
}

/** A longer block is a program, and no example of use. */
const longestBlock = 200;

/**
 * The calls whose outcome a specification states: in fenced Python, in sessions with Python's prompt, and in tables with
 * a column of calls and one of results. Sections that speak of tests or other matters than the component are left out.
 */
export function examplesOf(source: Source, top: OutlineSection): readonly ExampleDraft[] {
  return [...everySection(top)]
    .filter(({ role }) => role !== "elsewhere")
    .flatMap((section) => {
      const above = mentionedIds(section.title.slice(0, 500));
      return section.blocks.flatMap((block) => [...examplesIn(source, block, above)]);
    });
}

function* examplesIn(source: Source, block: RootContent, above: readonly string[]): Generator<ExampleDraft> {
  if (block.type === "code") yield* ofCode(source, block, above);
  else if (block.type === "table") yield* ofTable(source, block, above);
  else if (block.type === "list" || block.type === "listItem") {
    for (const child of block.children) yield* examplesIn(source, child, above);
  }
}

function ofCode(
  source: Source,
  { lang, value, position }: Code,
  above: readonly string[],
): readonly ExampleDraft[] {
  if (!/^(?:python3?|py|pycon|doctest|)$/i.test(lang ?? "") || position === undefined) return [];
  if (value.split("\n", longestBlock + 1).length > longestBlock) return [];
  const session = isSession(value);
  if (!session && (lang ?? "") === "") return [];
  const found = session ? sessionExamples(value) : usageExamples(value);
  return found.map(({ index, remark, ...example }) => ({
    ...example,
    mentions: [...new Set([...mentionedIds(remark), ...above])],
    at: placeOfLine(source, position.start.line + 1 + index),
  }));
}

function ofTable(source: Source, table: Table, above: readonly string[]): readonly ExampleDraft[] {
  const [head, ...rows] = table.children;
  const titles = (head?.children ?? []).map((cell) => textOf(cell.children).toLowerCase());
  const calls = titles.findIndex((title) => /^(?:calls?|expressions?|examples?|usage|inputs?)$/.test(title));
  const results = titles.findIndex((title) =>
    /^(?:results?|returns?|outcomes?|expected(?: .*)?|outputs?|raises)$/.test(title),
  );
  if (calls < 0 || results < 0) return [];
  return rows.flatMap((row) => {
    const [code, ...others] = row.children[calls]?.children ?? [];
    if (code?.type !== "inlineCode" || others.length > 0 || !/^[A-Za-z_][\w.]*\(.*\)$/.test(code.value))
      return [];
    const text = textOf(row.children[results]?.children ?? []);
    const expected = expectedOf(titles[results] === "raises" ? `raises ${text}` : text);
    if (expected === undefined) return [];
    const mentions = [
      ...new Set([...row.children.flatMap((cell) => mentionedIds(textOf(cell.children))), ...above]),
    ];
    return [{ setup: [], expression: code.value, expected, mentions, at: placeOf(source, row) }];
  });
}
