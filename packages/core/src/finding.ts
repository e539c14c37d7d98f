/** How bad a finding is: an `error` blocks, a `warning` is shown, a `note` is for information. */
export type Level = "error" | "warning" | "note";

/** A tool's own rating of a security finding. */
export type Severity = "critical" | "high" | "medium" | "low" | "info";

/** Lines and columns are 1-based, columns count code points, the end is exclusive. */
export interface Range {
  readonly startLine: number;
  readonly startColumn: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** One replacement of a text range. */
export interface Edit {
  readonly range: Range;
  readonly text: string;
}

/** How a finding can be mended. */
export type FindingFix =
  | { readonly kind: "edit"; readonly applicability: "safe" | "unsafe"; readonly edits: readonly Edit[] }
  | { readonly kind: "command"; readonly argv: readonly string[] }
  | { readonly kind: "text"; readonly text: string };

/** One problem in the component. All findings are stored; only rendering is capped. */
export interface Finding {
  /** Stable identity without line numbers or tool versions; made by `fingerprint` of `@towpath/kit`. */
  readonly fingerprint: string;
  /** The tool that found it, e.g. `ruff`. */
  readonly tool: string;
  /** The tool's rule id, e.g. `F401`. */
  readonly rule: string;
  readonly ruleUrl?: string;
  readonly level: Level;
  readonly severity?: Severity;
  readonly message: string;
  /** POSIX path relative to the repository root. */
  readonly file?: string;
  readonly range?: Range;
  readonly fix?: FindingFix;
}

/** How a measured value is held against its threshold. */
export type Operator = ">=" | "<=" | "==";

/** A figure that a gate requires. */
export interface Threshold {
  /** What is measured, e.g. `line coverage`. */
  readonly name: string;
  /** e.g. `%`, `errors`, `tests`. */
  readonly unit: string;
  readonly operator: Operator;
  readonly threshold: number;
  /** Where the threshold was set: `towpath.config.yaml:14`, or `default of @towpath/gate-coverage`. */
  readonly source: string;
}

/** One measured figure, stated for passing gates too. */
export interface Measurement extends Threshold {
  readonly value: number;
}

/**
 * Whether a measurement keeps to its threshold. A figure that is not finite never does.
 * @example holds({ name: "errors", value: 0, unit: "errors", operator: "<=", threshold: 0, source: "default" }) // true
 */
export function holds({ value, operator, threshold }: Measurement): boolean {
  if (!Number.isFinite(value) || !Number.isFinite(threshold)) return false;
  if (operator === ">=") return value >= threshold;
  if (operator === "<=") return value <= threshold;
  return value === threshold;
}
