import type { Place } from "@towpath/core";
import type { Node } from "mdast";
import { codePoints } from "./code-points.ts";

/** The text of a file, line by line. */
export interface Source {
  readonly file: string;
  readonly lines: readonly string[];
}

/** Splits a text whose lines end with `\n`. */
export function sourceOf(text: string, file: string): Source {
  return { file, lines: text.split("\n") };
}

/**
 * A place on one line.
 * @param line 1-based
 * @param start UTF-16 index of the first character in the line
 * @param end UTF-16 index after the last one
 */
export function placeAt({ file, lines }: Source, line: number, start = 0, end?: number): Place {
  const text = lines[line - 1] ?? "";
  const column = codePoints(text.slice(0, start)) + 1;
  return { file, line, column, endColumn: column + codePoints(text.slice(start, end)) };
}

const known = new WeakMap<Source, Map<number, Place>>();

/** A line without the blanks around it. Made once a line: a long one may hold thousands of sentences. */
export function placeOfLine(source: Source, line: number): Place {
  const places = known.get(source) ?? new Map<number, Place>();
  known.set(source, places);
  const place = places.get(line) ?? trimmedLine(source, line);
  places.set(line, place);
  return place;
}

function trimmedLine(source: Source, line: number): Place {
  const text = source.lines[line - 1] ?? "";
  const end = text.trimEnd().length;
  return placeAt(source, line, Math.min(text.length - text.trimStart().length, end), end);
}

/**
 * Where a node begins, up to its end or the end of that line.
 * @param fallback for nodes that the parser made up, which have no position of their own
 */
export function placeOf(source: Source, node: Node, fallback: Node = node): Place {
  const position = node.position ?? fallback.position;
  if (position === undefined) return placeAt(source, 1);
  const { start, end } = position;
  return placeAt(source, start.line, start.column - 1, end.line === start.line ? end.column - 1 : undefined);
}
