import { Breakage } from "@towpath/core";
import { excerpt } from "@towpath/kit";
import { type Diagnostic, readDiagnostics } from "./diagnostics.ts";
import { readLog, type RuffCommand, type RuffLog } from "./log.ts";

/** How a run of ruff ended. */
export interface RuffExit {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Rule of a file that does not look as the formatter would write it. */
export const UNFORMATTED = "unformatted";

const UNREADABLE = new Set(["E902", "io"]);

/** Whether a diagnostic says that its file could not be read: then it is no finding, as nothing was checked. */
export function isUnreadable(diagnostic: Diagnostic): boolean {
  return UNREADABLE.has(diagnostic.rule);
}

/**
 * Reads what ruff said and holds its three statements against each other: report, exit code and log.
 *
 * Exit codes of `ruff check`: 0 no issue, 1 issues, 2 nothing was checked. Of `ruff format --check`: 0 nothing to
 * do, 1 files would change, 2 either nothing was checked or, with a report, some file could not be read or parsed.
 * @throws {Breakage} tool-config, tool-version or tool-crash when ruff gave up; parse when a statement cannot be read;
 *   mismatch when two contradict each other
 */
export function settle(
  command: RuffCommand,
  { code, stdout, stderr }: RuffExit,
): { readonly diagnostics: readonly Diagnostic[]; readonly log: RuffLog } {
  const reported = code === 0 || code === 1 || (command === "format" && code === 2 && stdout.trim() !== "");
  if (!reported) throw gaveUp(command, code, stderr);

  const log = readLog(command, stderr);
  // With nothing to format ruff writes no report at all, not even an empty one.
  const diagnostics = log.empty && stdout === "" ? [] : readDiagnostics(stdout);
  const fatal = diagnostics.find((diagnostic) => diagnostic.severity === "fatal");
  if (fatal) {
    throw new Breakage("tool-crash", {
      message: `ruff ${command} broke off in ${fatal.file ?? "a file"}`,
      why: excerpt(fatal.message),
    });
  }
  const expected = expectedCode(command, diagnostics);
  if (code !== expected) {
    throw new Breakage("mismatch", {
      message: `ruff ${command} ended with ${code}, but its report of ${diagnostics.length} problems means ${expected}`,
    });
  }

  if (!accountsForFiles(log, diagnostics)) {
    throw new Breakage("parse", {
      message: `ruff ${command} did not say which files it checked`,
      why: `Its log names ${log.checked.length} files and counts ${log.total ?? "none"}.`,
    });
  }
  return { diagnostics, log };
}

function expectedCode(command: RuffCommand, diagnostics: readonly Diagnostic[]): number {
  if (diagnostics.length === 0) return 0;
  if (command === "format" && diagnostics.some((diagnostic) => diagnostic.rule !== UNFORMATTED)) return 2;
  return 1;
}

/** A file that could not be opened is counted by ruff but has no line in the log. */
function accountsForFiles(log: RuffLog, diagnostics: readonly Diagnostic[]): boolean {
  if (log.total === undefined) return log.empty && log.checked.length === 0;
  const unreadable = diagnostics.filter(isUnreadable).length + log.unreadable.length;
  return log.checked.length <= log.total && log.total <= log.checked.length + unreadable;
}

function gaveUp(command: RuffCommand, code: number, stderr: string): Breakage {
  const why = excerpt(stderr.replaceAll(/^\[.*\]\[DEBUG\] .*\n?/gm, "").trim());
  if (code === 2 && /^error: .*(?:argument|value|subcommand)/m.test(why)) {
    return new Breakage("tool-version", {
      message: "ruff does not know an option that the gate passes",
      why,
      fix: ["pip install --upgrade ruff"],
    });
  }
  if (
    code === 2 &&
    /Failed to (?:load|parse|find)|Unknown rule selector|Required version|[Ii]nvalid/.test(why)
  ) {
    return new Breakage("tool-config", { message: "ruff rejected its configuration", why });
  }
  return new Breakage("tool-crash", {
    message: `ruff ${command} ended with ${code} and without a report`,
    why,
  });
}
