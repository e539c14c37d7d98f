import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { Breakage } from "@towpath/core";
import { parseC901 } from "./c901-report.ts";
import type { Engine, FileOutcome } from "./engine.ts";

/**
 * The McCabe rule of ruff, inside this process. It reads no configuration, knows the newest syntax and honours
 * `# noqa: C901`.
 */
export async function c901Engine(): Promise<Engine> {
  // Loading costs 10 MB and some 50 ms: only where it is used.
  const { PositionEncoding, Workspace } = await import("@astral-sh/ruff-wasm-nodejs");
  return {
    info: { name: "ruff", version: Workspace.version(), engine: "c901", via: "embedded" },
    rule: { id: "C901", url: "https://docs.astral.sh/ruff/rules/complex-structure/" },
    key: "c901",
    async measure({ workspace, signal }, files) {
      const settings = {
        "target-version": "py314",
        lint: { select: ["C901"], mccabe: { "max-complexity": 0 } },
      };
      const ruff = new Workspace(settings, PositionEncoding.Utf32);
      try {
        const outcomes = new Map<string, FileOutcome>();
        for (const file of files) {
          // Let time limits and Ctrl-C through between two files.
          await nextTurn();
          signal.throwIfAborted();
          outcomes.set(file, await measureFile(ruff, resolve(workspace.root, file)));
        }
        return outcomes;
      } finally {
        ruff.free();
      }
    },
  };
}

async function measureFile(ruff: { check(source: string): unknown }, path: string): Promise<FileOutcome> {
  const bytes = await readFile(path);
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return { kind: "unparsed", reason: "it is not UTF-8" };
  }
  let diagnostics: unknown;
  try {
    diagnostics = ruff.check(text);
  } catch (error) {
    if (error instanceof RangeError) return { kind: "unparsed", reason: "it is nested too deeply" };
    throw new Breakage("tool-crash", { message: `ruff failed at ${path}`, why: String(error), cause: error });
  }
  return parseC901(diagnostics);
}
