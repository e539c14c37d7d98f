import { Breakage } from "@towpath/core";
import { parseReport } from "@towpath/kit";
import { z } from "zod";

/** Bandit's severities; an undefined one counts as `high`. */
export type BanditSeverity = "high" | "medium" | "low";

/** One issue. Columns are 0-based and count UTF-8 bytes. */
export interface BanditIssue {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  readonly endLine: number;
  readonly column: number | undefined;
  readonly endColumn: number | undefined;
  readonly severity: BanditSeverity;
  readonly confidence: string;
  /** e.g. `B602` */
  readonly rule: string;
  /** May quote a password. */
  readonly message: string;
  readonly url: string | undefined;
}

/** What a report of bandit says. */
export interface BanditReport {
  /** Files that were looked at, as bandit names them. */
  readonly checked: readonly string[];
  /** Files that could not be checked, and why. */
  readonly errors: readonly { readonly file: string; readonly reason: string }[];
  readonly issues: readonly BanditIssue[];
  /** Lines that a `# nosec` comment exempts. */
  readonly nosec: number;
}

const rating = z.enum(["HIGH", "MEDIUM", "LOW", "UNDEFINED"]);
const column = z.int().optional();

const counts = z.object({
  "SEVERITY.HIGH": z.number(),
  "SEVERITY.MEDIUM": z.number(),
  "SEVERITY.LOW": z.number(),
  "SEVERITY.UNDEFINED": z.number(),
  nosec: z.int().min(0).default(0),
});

const schema = z.object({
  errors: z.array(z.object({ filename: z.string().min(1), reason: z.string() })),
  // A file that could not be parsed has no counts.
  metrics: z.looseObject({ _totals: counts }),
  results: z.array(
    z.object({
      filename: z.string().min(1),
      issue_severity: rating,
      issue_confidence: rating,
      issue_text: z.string(),
      line_number: z.int().min(0),
      line_range: z.array(z.int().min(0)).default([]),
      col_offset: column,
      end_col_offset: column,
      test_id: z.string().min(1),
      more_info: z.string().optional(),
    }),
  ),
});

/**
 * Reads a report of `bandit -f json` and holds it against the exit code and its own totals.
 * Format: https://bandit.readthedocs.io/en/latest/formatters/json.html
 * @param code the exit code, 0 or 1
 * @throws {Breakage} `parse` when it is no such report, `mismatch` when it contradicts the exit code or itself
 */
export function parseBandit(text: string, code: number): BanditReport {
  const { errors, metrics, results } = parseReport(schema, text, "the report of bandit");
  const { _totals: totals, ...files } = metrics;
  if ((code === 0) !== (results.length === 0)) {
    throw new Breakage("mismatch", {
      message: `bandit ended with exit code ${code}, but its report has ${results.length} issues`,
    });
  }
  for (const severity of rating.options) {
    const listed = results.filter((issue) => issue.issue_severity === severity).length;
    const total = totals[`SEVERITY.${severity}`];
    if (errors.length === 0 && listed !== total) {
      throw new Breakage("mismatch", {
        message: `bandit counts ${total} issues of severity ${severity}, but lists ${listed}`,
      });
    }
  }
  return {
    checked: Object.keys(files),
    errors: errors.map(({ filename, reason }) => ({ file: filename, reason })),
    issues: results.map((issue) => ({
      file: issue.filename,
      line: issue.line_number,
      endLine: Math.max(issue.line_number, ...issue.line_range),
      column: issue.col_offset,
      endColumn: issue.end_col_offset,
      severity: severityOf(issue.issue_severity),
      confidence: issue.issue_confidence.toLowerCase(),
      rule: issue.test_id,
      message: issue.issue_text,
      url: issue.more_info,
    })),
    nosec: totals.nosec,
  };
}

function severityOf(value: z.infer<typeof rating>): BanditSeverity {
  if (value === "MEDIUM") return "medium";
  return value === "LOW" ? "low" : "high";
}
