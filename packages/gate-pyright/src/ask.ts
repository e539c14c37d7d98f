import { resolve } from "node:path";
import { Breakage } from "@towpath/core";
import type { Diagnostic } from "./parse.ts";
import { runPyright } from "./run-pyright.ts";
import type { Subject } from "./subject.ts";

/** A diagnostic and the repository-relative path of its file. */
export interface LocatedDiagnostic extends Diagnostic {
  readonly path: string;
}

/** What pyright said of files. */
export interface Answer {
  /** How many of them were analysed. */
  readonly checked: number;
  readonly diagnostics: readonly LocatedDiagnostic[];
  /** What it wrote on standard error: misspelt settings, a virtual environment that is missing. */
  readonly complaints: readonly string[];
}

/**
 * Asks pyright about files in the way of a component: its pyright, interpreter and configuration.
 * @param files relative to the repository root, at least one
 * @throws {Breakage} `mismatch` when the answer is not about these files, and as `runPyright` does
 */
export async function ask(subject: Subject, files: readonly string[]): Promise<Answer> {
  const { root } = subject.ctx.workspace;
  const { report, complaints } = await runPyright(subject.ctx, {
    tool: subject.tool,
    python: subject.python.command,
    config: subject.config,
    files,
  });
  if (report.filesAnalyzed > files.length) {
    throw new Breakage("mismatch", {
      message: `pyright analysed ${report.filesAnalyzed} files, but was given ${files.length}`,
    });
  }
  const paths = new Map(files.map((file) => [resolve(root, file), file]));
  const diagnostics = report.diagnostics.map((diagnostic) => {
    const path = paths.get(resolve(diagnostic.file));
    if (path === undefined) {
      throw new Breakage("mismatch", {
        message: `pyright reports ${diagnostic.file}, which it was not given`,
      });
    }
    return { ...diagnostic, path };
  });
  return { checked: report.filesAnalyzed, diagnostics, complaints };
}
