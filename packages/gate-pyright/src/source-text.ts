import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Range } from "@towpath/core";
import type { Diagnostic, PyrightPosition } from "./parse.ts";

/** The texts of checked files, read when first needed. Paths are relative to the repository root. */
export class SourceText {
  readonly #root: string;
  readonly #lines = new Map<string, Promise<readonly string[]>>();

  /** @param root absolute path of the repository */
  constructor(root: string) {
    this.#root = root;
  }

  /** Pyright's range as ours: lines and columns from 1, columns in code points. */
  async range(path: string, { start, end }: Diagnostic["range"]): Promise<Range> {
    const lines = await this.#read(path);
    return {
      startLine: start.line + 1,
      startColumn: column(lines, start),
      endLine: end.line + 1,
      endColumn: column(lines, end),
    };
  }

  /** What a range covers on its first line. */
  async text(path: string, { start, end }: Diagnostic["range"]): Promise<string> {
    const line = (await this.#read(path))[start.line] ?? "";
    return line.slice(start.character, start.line === end.line ? end.character : undefined);
  }

  #read(path: string): Promise<readonly string[]> {
    const known = this.#lines.get(path);
    if (known !== undefined) return known;
    // A byte order mark is a column of its own, for pyright as for `readFile`.
    const lines = readFile(join(this.#root, path), "utf8").then((text) => text.split(/\r\n|\r|\n/));
    this.#lines.set(path, lines);
    return lines;
  }
}

function column(lines: readonly string[], { line, character }: PyrightPosition): number {
  return Array.from((lines[line] ?? "").slice(0, character)).length + 1;
}
