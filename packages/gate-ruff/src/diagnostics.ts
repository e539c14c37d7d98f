import type { Edit, Range } from "@towpath/core";
import { parseReport } from "@towpath/kit";
import { z } from "zod";

/** One problem, as either engine of ruff reports it. */
export interface Diagnostic {
  /** Rule code such as `F401`; `invalid-syntax`, `unformatted` and `io` are ruff's own ids for what is no lint rule. */
  readonly rule: string;
  readonly message: string;
  readonly severity: Severity;
  /** As ruff gave it: absolute, or relative to the repository. */
  readonly file: string | undefined;
  /** Number of the notebook cell that the positions count in. */
  readonly cell: number | undefined;
  readonly range: Range | undefined;
  readonly fix: DiagnosticFix | undefined;
  readonly url: string | undefined;
}

/** How ruff would mend a problem. `displayonly` means: shown to a person, never applied. */
export interface DiagnosticFix {
  readonly applicability: "safe" | "unsafe" | "displayonly";
  readonly message: string | undefined;
  readonly edits: readonly Edit[];
}

type Severity = (typeof severities)[number];

const severities = ["fatal", "error", "warning", "info", "help"] as const;

/** Row and column, from 1. */
export interface Location {
  row: number;
  column: number;
}

/** A replacement in ruff's terms; without content it deletes. */
export interface RuffEdit {
  content: string | null;
  location: Location;
  end_location: Location;
}

/** The rule of a syntax error, for both commands and engines. */
export const SYNTAX_ERROR = "invalid-syntax";

/** Schema of a place, the same in both engines. */
export const location: z.ZodType<Location> = z.object({ row: z.int().min(1), column: z.int().min(1) });

/** Schema of a fix's edits, the same in both engines. */
export const edits: z.ZodType<RuffEdit[]> = z.array(
  z.object({ content: z.string().nullable(), location, end_location: location }),
);

const report = z.array(
  z.object({
    cell: z.int().nullish(),
    code: z.string().min(1).nullable(),
    name: z.string().min(1).optional(),
    message: z.string(),
    severity: z.enum(severities).default("error"),
    filename: z.string().min(1).nullable(),
    location: location.nullable(),
    end_location: location.nullable(),
    fix: z
      .object({
        applicability: z.enum(["safe", "unsafe", "displayonly"]),
        message: z.string().nullish(),
        edits,
      })
      .nullable(),
    url: z.string().nullish(),
  }),
);

/**
 * Reads the report of `--output-format json`. Its columns already count code points from 1, with an exclusive end.
 * `name` and `severity` exist since 0.16; before, a syntax error is an entry without a code.
 * @see https://docs.astral.sh/ruff/settings/#output-format
 * @throws {Breakage} parse, on anything else than such a report
 */
export function readDiagnostics(text: string): readonly Diagnostic[] {
  return parseReport(report, text, "ruff's JSON report").map((entry) => ({
    rule: entry.code ?? entry.name ?? SYNTAX_ERROR,
    message: entry.message,
    severity: entry.severity,
    file: entry.filename ?? undefined,
    cell: entry.cell ?? undefined,
    range: entry.location && entry.end_location ? toRange(entry.location, entry.end_location) : undefined,
    fix: entry.fix
      ? {
          applicability: entry.fix.applicability,
          message: entry.fix.message ?? undefined,
          edits: toEdits(entry.fix.edits),
        }
      : undefined,
    url: entry.url ?? undefined,
  }));
}

/** Makes a range of ruff's two places. */
export function toRange(start: Location, end: Location): Range {
  return { startLine: start.row, startColumn: start.column, endLine: end.row, endColumn: end.column };
}

/** Makes edits of ruff's. */
export function toEdits(ruffEdits: readonly RuffEdit[]): readonly Edit[] {
  return ruffEdits.map(({ content, location: start, end_location: end }) => ({
    range: toRange(start, end),
    text: content ?? "",
  }));
}
