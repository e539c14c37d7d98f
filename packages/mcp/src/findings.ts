import { createHash } from "node:crypto";
import { z } from "zod";
import type { FindingDocument, ResultDocument } from "./documents.ts";

/** How long a message or a fix may be, in characters; the rest is one `explain` away. */
const messageLimit = 400;

/** A finding, as tools answer it. */
export interface FindingRow {
  /** Its fingerprint, which stays the same when lines move. */
  readonly id: string;
  readonly component: string;
  readonly gate: string;
  readonly rule: string;
  readonly level: "error" | "warning" | "note";
  readonly file?: string | undefined;
  readonly line?: number | undefined;
  readonly endLine?: number | undefined;
  readonly message: string;
  readonly fix?: { readonly kind: "command" | "edit" | "text"; readonly text: string } | undefined;
  /** Whether the result before did not have it; absent when nobody knows. */
  readonly new?: boolean | undefined;
}

/** The schema of a finding in an answer. */
export const findingSchema: z.ZodType<FindingRow> = z.object({
  id: z.string(),
  component: z.string(),
  gate: z.string(),
  rule: z.string(),
  level: z.enum(["error", "warning", "note"]),
  file: z.string().optional(),
  line: z.number().optional(),
  endLine: z.number().optional(),
  message: z.string(),
  fix: z.object({ kind: z.enum(["command", "edit", "text"]), text: z.string() }).optional(),
  new: z.boolean().optional(),
});

/** A gate that did not simply pass, as tools answer it. */
export interface GateRow {
  readonly gate: string;
  readonly component: string;
  readonly verdict: string;
  /** Set where the target does not need the gate. */
  readonly optional?: true | undefined;
  /** Whether the component may have changed since; absent when it was measured just now. */
  readonly stale?: boolean | undefined;
  readonly message?: string | undefined;
}

/** The schema of a gate in an answer. */
export const gateSchema: z.ZodType<GateRow> = z.object({
  gate: z.string(),
  component: z.string(),
  verdict: z.string(),
  optional: z.literal(true).optional(),
  stale: z.boolean().optional(),
  message: z.string().optional(),
});

/** A result, and what is known of it beside. */
export interface KnownResult {
  readonly result: ResultDocument;
  /** Fingerprints of findings that the result before did not have; absent when nobody knows. */
  readonly fresh?: readonly string[] | undefined;
  /** Whether the component may have changed since. */
  readonly stale?: boolean;
}

/** The findings of results: of failed gates first, errors before warnings before notes, then by place. */
export function findingRows(known: readonly KnownResult[]): readonly FindingRow[] {
  const rows = known.flatMap(({ result, fresh }) =>
    result.findings.map((one) => ({
      rank: [result.verdict === "failed" ? 0 : 1, levels.indexOf(one.level)] as const,
      row: rowOf(result, one, fresh),
    })),
  );
  return rows
    .toSorted(
      (a, b) =>
        a.rank[0] - b.rank[0] ||
        a.rank[1] - b.rank[1] ||
        compare(a.row.component, b.row.component) ||
        compare(a.row.file ?? "", b.row.file ?? "") ||
        (a.row.line ?? 0) - (b.row.line ?? 0) ||
        compare(a.row.gate, b.row.gate) ||
        compare(a.row.id, b.row.id),
    )
    .map(({ row }) => row);
}

const levels: readonly string[] = ["error", "warning", "note"];

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function rowOf(
  { gate, component }: ResultDocument,
  { fingerprint, rule, level, message, file, range, fix }: FindingDocument,
  fresh: readonly string[] | undefined,
): FindingRow {
  return {
    id: fingerprint,
    component,
    gate,
    rule,
    level,
    ...(file === undefined ? {} : { file }),
    ...(range === undefined ? {} : { line: range.startLine, endLine: range.endLine }),
    message: shortened(message, messageLimit),
    ...(fix === undefined ? {} : { fix: { kind: fix.kind, text: shortened(fixText(fix), messageLimit) } }),
    ...(fresh === undefined ? {} : { new: fresh.includes(fingerprint) }),
  };
}

function fixText(fix: NonNullable<FindingDocument["fix"]>): string {
  if (fix.kind === "text") return fix.text;
  if (fix.kind === "command") return fix.argv.join(" ");
  const edits = fix.edits.map(
    ({ range, text }) =>
      `replace ${range.startLine}:${range.startColumn}-${range.endLine}:${range.endColumn} with ${JSON.stringify(text)}`,
  );
  return `${fix.applicability}: ${edits.join("; ")}`;
}

/** The start of a text, on whole characters, with a mark where it goes on. */
export function shortened(text: string, limit: number): string {
  if (text.length <= limit) return text;
  return `${text
    .slice(0, limit)
    .toWellFormed()
    .replace(/\uFFFD$/, "")}…`;
}

/** A gate that is needed and was skipped keeps the component back as one that failed does. */
function isFine({ verdict, required }: ResultDocument): boolean {
  return verdict === "passed" || verdict === "waived" || (verdict === "skipped" && !required);
}

/** The gates that keep a component back or warn, or whose answer may be out of date; the failed ones first. */
export function gateRows(known: readonly KnownResult[]): readonly GateRow[] {
  return known
    .filter(({ result, stale }) => stale === true || !isFine(result))
    .map(({ result, stale }): GateRow => {
      const message = whatIsWrong(result);
      return {
        gate: result.gate,
        component: result.component,
        verdict: result.verdict,
        ...(result.required ? {} : { optional: true as const }),
        ...(stale === undefined ? {} : { stale }),
        ...(message === "" ? {} : { message: shortened(message, messageLimit) }),
      };
    })
    .toSorted(
      (a, b) =>
        order(a.verdict) - order(b.verdict) || compare(a.component, b.component) || compare(a.gate, b.gate),
    );
}

const worst: readonly string[] = ["failed", "errored", "inconclusive", "warned"];

function order(verdict: string): number {
  const at = worst.indexOf(verdict);
  return at === -1 ? worst.length : at;
}

/** Figures beyond their thresholds, why a gate could not decide, what it waits for. */
function whatIsWrong({ measurements, error, waiting, reason, verdict }: ResultDocument): string {
  if (error !== undefined) return [error.message, ...error.fix.map((step) => `fix: ${step}`)].join("; ");
  if (waiting !== undefined) return `waits for ${waiting.for}`;
  const broken = measurements
    .filter((one) => !holds(one))
    .map(
      (one) =>
        `${one.name} is ${one.value ?? "unknown"} ${one.unit}, required ${one.operator} ${one.threshold ?? "unknown"} (${one.source})`,
    );
  return broken.length > 0 || verdict === "passed" ? broken.join("; ") : (reason ?? "");
}

function holds({ value, operator, threshold }: ResultDocument["measurements"][number]): boolean {
  if (value === null || threshold === null) return false;
  if (operator === ">=") return value >= threshold;
  if (operator === "<=") return value <= threshold;
  return value === threshold;
}

/** One page of findings. */
export interface Page {
  readonly findings: readonly FindingRow[];
  readonly nextCursor?: string;
}

/** A cursor that does not fit the findings as they are now. */
export class StaleCursor extends Error {
  override readonly name = "StaleCursor";
}

/**
 * A page of findings. A cursor names the list it belongs to, so that a list that changed meanwhile is never read in
 * parts of two.
 * @throws {StaleCursor}
 */
export function pageOf(rows: readonly FindingRow[], limit: number, cursor: string | undefined): Page {
  const list = createHash("sha256").update(JSON.stringify(rows)).digest("hex").slice(0, 12);
  const from = cursor === undefined ? 0 : offsetOf(cursor, list);
  const to = from + limit;
  return {
    findings: rows.slice(from, to),
    ...(to < rows.length ? { nextCursor: `${list}.${to}` } : {}),
  };
}

function offsetOf(cursor: string, list: string): number {
  const [of, offset = ""] = cursor.split(".", 2);
  if (of === list && /^\d{1,9}$/.test(offset)) return Number(offset);
  throw new StaleCursor("The findings have changed since this cursor was given. Ask again without a cursor.");
}
