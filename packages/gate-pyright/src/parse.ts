import { Breakage } from "@towpath/core";
import { parseReport } from "@towpath/kit";
import { z } from "zod";

/** A place as pyright gives it: lines and columns from 0, columns in UTF-16 units. */
export interface PyrightPosition {
  readonly line: number;
  readonly character: number;
}

/** One diagnostic of pyright's report. */
export interface Diagnostic {
  /** Absolute path. */
  readonly file: string;
  readonly severity: "error" | "warning" | "information";
  readonly message: string;
  readonly range: { readonly start: PyrightPosition; readonly end: PyrightPosition };
  /** Absent for syntax errors. */
  readonly rule?: string | undefined;
}

/** What pyright said, its totals proven. */
export interface PyrightReport {
  readonly version: string;
  readonly filesAnalyzed: number;
  readonly diagnostics: readonly Diagnostic[];
}

const count = z.int().min(0);
const position = z.looseObject({ line: count, character: count });
const schema = z.looseObject({
  version: z.string(),
  generalDiagnostics: z.array(
    z.looseObject({
      file: z.string(),
      severity: z.enum(["error", "warning", "information"]),
      message: z.string(),
      range: z.looseObject({ start: position, end: position }),
      rule: z.string().optional(),
    }),
  ),
  summary: z.looseObject({
    filesAnalyzed: count,
    errorCount: count,
    warningCount: count,
    informationCount: count,
  }),
});

/**
 * Reads the report of `pyright --outputjson` and holds its totals against its list and against the exit code.
 * @param exitCode 0 (no errors) or 1 (errors); every other code means that there is no report to judge
 * @throws {Breakage} `parse` when it is not such a report, `mismatch` when its parts or the exit code contradict it
 */
export function parsePyright(stdout: string, exitCode: number): PyrightReport {
  const { version, generalDiagnostics, summary } = parseReport(schema, stdout, "pyright's report");
  const listed = (severity: Diagnostic["severity"]): number =>
    generalDiagnostics.filter((diagnostic) => diagnostic.severity === severity).length;
  agree("errors", summary.errorCount, listed("error"));
  agree("warnings", summary.warningCount, listed("warning"));
  agree("informations", summary.informationCount, listed("information"));
  if ((exitCode === 0) !== (summary.errorCount === 0)) {
    throw new Breakage("mismatch", {
      message: `pyright ended with code ${exitCode}, but its report has ${summary.errorCount} errors`,
    });
  }
  return { version, filesAnalyzed: summary.filesAnalyzed, diagnostics: generalDiagnostics };
}

function agree(what: string, total: number, listed: number): void {
  if (total === listed) return;
  throw new Breakage("mismatch", {
    message: `pyright's summary says ${total} ${what}, its list holds ${listed}`,
  });
}
