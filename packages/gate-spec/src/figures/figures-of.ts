import type { Figure, Place } from "@towpath/core";
import type { Code, List, Paragraph, Root, RootContent, Table } from "mdast";
import { textOf } from "../markdown.ts";
import { everySection, type OutlineSection } from "../outline.ts";
import { leadingId } from "../requirement-id.ts";
import { placeAt, type Source } from "../source.ts";
import { figureOfKey } from "./key-figure.ts";
import { figuresIn, narrow, type FigureContext } from "./statement-figures.ts";
import { tellingWords } from "./subject-words.ts";

/** Sections that tell what is, was, or could be. */
const tells = /\b(?:history|change ?log|results?|status|benchmarks?|current|changes|releases?)\b/i;

/**
 * The figures that a specification states: in sentences, list items, labelled lines, table cells and the keys of fenced
 * YAML; in the order of the file. Metric, kind of test and maturity come from the words around the number, else from
 * the item, the column and the headings above it. Examples and sections that only report are left out.
 */
export function figuresOf(source: Source, root: Root, top: OutlineSection): readonly Figure[] {
  const places = new Map<number, Place>();
  const at = (line: number): Place => {
    const known = places.get(line) ?? lineOf(source, line);
    places.set(line, known);
    return known;
  };
  const title = titleOf(root);
  const own = title === undefined || title.length > 200 ? "" : tellingWords(title);
  const figures: Figure[] = [];
  for (const { section, context } of contextsOf(top, { scope: "", subject: "", own }, title)) {
    for (const block of section.blocks) figures.push(...blockFigures(block, context, source, at));
  }
  return figures;
}

type PlaceOfLine = (line: number) => Place;

/** Each section that states figures, with what its headings say. */
function contextsOf(
  top: OutlineSection,
  outermost: FigureContext,
  title: string | undefined,
): readonly { readonly section: OutlineSection; readonly context: FigureContext }[] {
  const contexts = new Map<OutlineSection, FigureContext>();
  const found: { section: OutlineSection; context: FigureContext }[] = [];
  for (const section of everySection(top)) {
    const above = section.parent === undefined ? outermost : contexts.get(section.parent);
    if (above === undefined || section.ownRole === "example") continue;
    const isTitle = section.depth === 1 && section.title === title;
    if (!isTitle && tells.test(section.title.slice(0, 200))) continue;
    const words = leadingId(section.title)?.rest ?? section.title;
    const context = isTitle ? above : narrow(above, words);
    contexts.set(section, context);
    found.push({ section, context });
  }
  return found;
}

function titleOf(root: Root): string | undefined {
  const first = root.children.find((node) => node.type === "heading");
  return first?.depth === 1 ? textOf(first.children) : undefined;
}

function blockFigures(
  block: RootContent,
  context: FigureContext,
  source: Source,
  at: PlaceOfLine,
): readonly Figure[] {
  if (block.type === "paragraph") return paragraphFigures(block, context, source, at);
  if (block.type === "list") return listFigures(block, context, source, at);
  if (block.type === "table") return tableFigures(block, context, at);
  if (block.type === "code") return codeFigures(block, context, at);
  if (block.type === "blockquote")
    return block.children.flatMap((child) => blockFigures(child, context, source, at));
  return [];
}

function listFigures(list: List, context: FigureContext, source: Source, at: PlaceOfLine): readonly Figure[] {
  return list.children.flatMap((item) => {
    const [head] = item.children;
    const inner = head?.type === "paragraph" ? narrow(context, textOf(head.children)) : context;
    return item.children.flatMap((child) =>
      blockFigures(child, child === head ? context : inner, source, at),
    );
  });
}

function paragraphFigures(
  paragraph: Paragraph,
  context: FigureContext,
  source: Source,
  at: PlaceOfLine,
): readonly Figure[] {
  return statementsOf(paragraph, source).flatMap(({ text, lines }) =>
    figuresIn(text, context).map(({ offset, ...figure }) => ({
      ...figure,
      at: at(lines.findLast(({ from }) => from <= offset)?.line ?? 1),
    })),
  );
}

interface Statement {
  readonly text: string;
  /** Where in the text each line begins. */
  readonly lines: readonly { readonly from: number; readonly line: number }[];
}

/** The sentences of a paragraph as they stand in the file, without marks; a bold label begins a sentence of its own. */
function statementsOf({ position }: Paragraph, { lines }: Source): readonly Statement[] {
  if (position === undefined) return [];
  const statements: { text: string; lines: { from: number; line: number }[] }[] = [];
  for (let line = position.start.line; line <= position.end.line; line++) {
    const written = lines[line - 1] ?? "";
    const raw = line === position.start.line ? written.slice(position.start.column - 1) : written;
    if (raw.length > 5_000) continue;
    const joins = line > position.start.line && !/^[\s>]*\*\*/.test(raw);
    sentences(plain(raw)).forEach((sentence, index) => {
      const open = statements.at(-1);
      if (index === 0 && joins && open !== undefined && !/[.!?]\s*$/.test(open.text)) {
        open.text += " ";
        open.lines.push({ from: open.text.length, line });
        open.text += sentence;
      } else statements.push({ text: sentence, lines: [{ from: 0, line }] });
    });
  }
  return statements;
}

function plain(raw: string): string {
  return raw
    .replaceAll(/<!--[^>]{0,1000}-->/g, "")
    .replaceAll(/\]\([^()]{0,500}\)/g, "]")
    .replaceAll(/[*`[\]\\]|~~|^[\s>]*/g, "")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">");
}

function sentences(text: string): readonly string[] {
  return text.split(/(?<=[\p{L}\d%)]{2}[.!?;])\s+(?=[\p{Lu}(≥≤])/u);
}

function tableFigures(table: Table, context: FigureContext, at: PlaceOfLine): readonly Figure[] {
  const [head, ...rows] = table.children;
  const heads = head?.children.map((cell) => textOf(cell.children)) ?? [];
  return rows.flatMap((row) => {
    const [first = "", ...cells] = row.children.map((cell) => textOf(cell.children));
    const name = narrow(context, first);
    const place = at(row.position?.start.line ?? 1);
    return cells.flatMap((cell, index) => {
      const column = heads[index + 1] ?? "";
      if (tells.test(column) || /\b(?:examples?|actual|measured)\b/i.test(column)) return [];
      const own = figuresIn(cell, narrowBy(name, column));
      const figures = own.length > 0 ? own : figuresIn(`${first}: ${cell}`, context);
      return figures.map((found) => {
        const { offset: _, ...figure } = found;
        return { ...figure, text: `${first}: ${cell}`, at: place };
      });
    });
  });
}

/** The head of a column tells maturity, metric and kind of test, and seldom what is measured. */
function narrowBy(context: FigureContext, column: string): FigureContext {
  return { ...narrow(context, column), subject: context.subject };
}

/** Keys of YAML or TOML that set a limit; other code states nothing. */
function codeFigures(code: Code, context: FigureContext, at: PlaceOfLine): readonly Figure[] {
  if (!/^(?:ya?ml|toml|ini)$/i.test(code.lang ?? "")) return [];
  const first = (code.position?.start.line ?? 0) + 1;
  const open: { readonly indent: number; readonly key: string }[] = [];
  return code.value.split("\n").flatMap((line, index): readonly Figure[] => {
    const [, blank, key, value] =
      /^(\s{0,40})(?:- )?["']?([A-Za-z][\w.-]{0,80})["']?\s{0,4}[:=]\s*(.*)$/.exec(line) ?? [];
    if (blank === undefined || key === undefined) return [];
    while ((open.at(-1)?.indent ?? -1) >= blank.length) open.pop();
    const path = [...open.map((each) => each.key), key];
    if (open.length < 16) open.push({ indent: blank.length, key });
    const [, number] = /^["']?(\d{1,9}(?:\.\d{1,6})?) ?%?["']?\s*(?:#.*)?$/.exec(value ?? "") ?? [];
    const figure = number === undefined ? undefined : figureOfKey(path, Number(number), line);
    if (figure === undefined) return [];
    const stage = figure.stage ?? context.stage;
    return [
      {
        ...figure,
        subject: figure.subject || context.subject,
        ...(stage === undefined ? {} : { stage }),
        at: at(first + index),
      },
    ];
  });
}

function lineOf(source: Source, line: number): Place {
  const text = source.lines[line - 1] ?? "";
  return placeAt(source, line, text.length - text.trimStart().length, text.trimEnd().length);
}
