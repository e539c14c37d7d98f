import { Breakage } from "@towpath/core";
import { parseReport } from "@towpath/kit";
import { z } from "zod";

/** A function or method as radon reports it. */
export interface RadonFunction {
  readonly name: string;
  readonly complexity: number;
  /** From 1; the line of the first decorator, if there is one. */
  readonly line: number;
  /** From 0, in UTF-8 bytes. */
  readonly byteColumn: number;
}

/** What radon says of one file: its functions, or why it could not be parsed. */
export type RadonFile = { readonly functions: readonly RadonFunction[] } | { readonly error: string };

const failure = z.looseObject({ error: z.string() });
const block = z.looseObject({
  type: z.enum(["function", "method", "class"]),
  rank: z.enum(["A", "B", "C", "D", "E", "F"]),
  name: z.string().min(1),
  classname: z.string().optional(),
  lineno: z.int().min(1),
  col_offset: z.int().min(0),
  complexity: z.int().min(0),
});
const complexityReport = z.record(
  z.string(),
  z.union([z.array(block).min(1), failure], { error: "neither a list of functions nor an error" }),
);
const rawReport = z.record(
  z.string(),
  z.union([z.looseObject({ loc: z.int().min(0) }), failure], { error: "neither line counts nor an error" }),
);

/**
 * Reads `radon cc --json --show-closures`. Files without functions are not in it.
 *
 * Each function counts once: radon lists a method on its own and again in its class, a closure on its own and again
 * in its function. The top level of the list has them all.
 * @returns by the paths that radon was given
 * @throws {Breakage} `parse`, or `mismatch` when a rank does not belong to its figure
 */
export function parseComplexity(text: string): ReadonlyMap<string, RadonFile> {
  const report = parseReport(complexityReport, text, "radon's report");
  return new Map(
    Object.entries(report).map(([path, entry]) => [
      path,
      Array.isArray(entry) ? functionsOf(entry) : { error: entry.error },
    ]),
  );
}

/**
 * Reads `radon raw --json`, which lists every file that radon read.
 * @returns by the paths that radon was given: why the file could not be read, or nothing
 * @throws {Breakage} `parse`
 */
export function parseRaw(text: string): ReadonlyMap<string, string | undefined> {
  const report = parseReport(rawReport, text, "radon's list of files");
  return new Map(
    Object.entries(report).map(([path, entry]) => [
      path,
      typeof entry.error === "string" ? entry.error : undefined,
    ]),
  );
}

function functionsOf(blocks: readonly z.infer<typeof block>[]): RadonFile {
  const functions = new Map<string, RadonFunction>();
  for (const { type, rank, name, classname, lineno, col_offset, complexity } of blocks) {
    if (rank !== rankOf(complexity)) {
      throw new Breakage("mismatch", {
        message: `radon gives ${name} complexity ${complexity}, but rank ${rank}`,
      });
    }
    if (type === "class") continue;
    functions.set(`${lineno}:${col_offset}:${name}`, {
      name: classname === undefined ? name : `${classname}.${name}`,
      complexity,
      line: lineno,
      byteColumn: col_offset,
    });
  }
  return { functions: [...functions.values()] };
}

/** Radon's table of ranks. */
function rankOf(complexity: number): string {
  const limits: readonly (readonly [limit: number, rank: string])[] = [
    [5, "A"],
    [10, "B"],
    [20, "C"],
    [30, "D"],
    [40, "E"],
  ];
  return limits.find(([limit]) => complexity <= limit)?.[1] ?? "F";
}
