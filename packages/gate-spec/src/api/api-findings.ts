import type { ApiBlock, Place, Range } from "@towpath/core";
import { excerpt, type FindingDraft } from "@towpath/kit";
import { codePoints } from "../code-points.ts";
import { rangeOf } from "../range-of.ts";
import { compareApi, countPromises, promisesOf, type Mismatch } from "./compare-api.ts";
import type { Extraction, PythonText } from "./definitions.ts";
import { indexSource } from "./source-index.ts";

/** What came of comparing the API blocks with the source. */
export interface ApiComparison {
  readonly findings: readonly FindingDraft[];
  /** How many promised classes, functions and methods were held against the source. */
  readonly promises: number;
  /** How many source files could be parsed. */
  readonly parsedFiles: number;
}

/**
 * Judges what Python found in the API blocks and in the source files. TP1116: a block does not parse. TP1125: a source
 * file does not parse, or a promise is not kept.
 * @param files names of the files, in the order of `extracted.files`
 */
export function compareExtraction(
  blocks: readonly ApiBlock[],
  files: readonly string[],
  extracted: Extraction,
): ApiComparison {
  const sources = files.map((file, index) => ({ file, ...textAt(extracted.files, index) }));
  const index = indexSource(sources);
  const findings: FindingDraft[] = sources.flatMap(({ file, error }) =>
    error === null ? [] : [brokenFile(file, error)],
  );
  let promises = 0;
  for (const [number, block] of blocks.entries()) {
    const { definitions, error } = textAt(extracted.blocks, number);
    if (error !== null) findings.push(brokenBlock(block, error));
    promises += countPromises(definitions);
    for (const promise of promisesOf(definitions)) {
      findings.push(...compareApi(promise, index).map((mismatch) => broken(block, mismatch)));
    }
  }
  return { findings, promises, parsedFiles: sources.filter(({ error }) => error === null).length };
}

const nothing: PythonText = { definitions: [], error: { line: 1, message: "no answer" } };

function textAt(texts: readonly PythonText[], index: number): PythonText {
  return texts[index] ?? nothing;
}

function brokenBlock(block: ApiBlock, { line, message }: NonNullable<PythonText["error"]>): FindingDraft {
  return {
    tool: "python",
    rule: "TP1116",
    level: "error",
    message: `the API block does not parse: ${excerpt(message, 200)}`,
    file: block.at.file,
    range: rangeOf(blockPlace(block, line)),
    fix: { kind: "text", text: "Write it as Python that parses; `...` will do for a body." },
  };
}

function brokenFile(file: string, { line, message }: NonNullable<PythonText["error"]>): FindingDraft {
  return {
    tool: "python",
    rule: "TP1125",
    level: "error",
    message: `the file does not parse, so its definitions are not known: ${excerpt(message, 200)}`,
    file,
    range: lineRange(line),
    fix: {
      kind: "text",
      text: "Correct the syntax, or use the Python version that the code is written for.",
    },
  };
}

function broken(block: ApiBlock, { level, message, promisedLine, code }: Mismatch): FindingDraft {
  const promised = blockPlace(block, promisedLine);
  const place = code && `${code.file}:${code.line}`;
  const change = place === undefined ? "Write it" : `Change ${place}`;
  return {
    tool: "python",
    rule: "TP1125",
    level,
    message: place === undefined ? message : `${message} (${place})`,
    file: promised.file,
    range: rangeOf(promised),
    fix: {
      kind: "text",
      text: `${change}, or correct ${promised.file}:${promised.line} if the decision changed.`,
    },
  };
}

function blockPlace({ at, text }: ApiBlock, line: number): Place {
  const lines = text.split("\n");
  const inside = Math.min(line, lines.length);
  const width = codePoints(lines[inside - 1] ?? "");
  return { file: at.file, line: at.line + inside - 1, column: 1, endColumn: width + 1 };
}

function lineRange(line: number): Range {
  return { startLine: line, startColumn: 1, endLine: line, endColumn: 1 };
}
