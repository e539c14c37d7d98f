import { Breakage } from "@towpath/core";
import type { ZodType } from "zod";
import { findJsonDefect } from "./json-defect.ts";
import { excerpt } from "./text.ts";

/**
 * Parses a JSON report. Nothing is repaired: trailing text, a byte order mark, `NaN`, a cut document and all that
 * `findJsonDefect` finds are refused, as half a report must never decide.
 * @param what what the text is, for messages: `the report of ruff`
 * @throws {Breakage} `parse`, with the first 2 KiB of the text
 */
export function parseJson(text: string, what: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const reason =
      text.trim() === "" ? "it is empty" : excerpt(cause instanceof Error ? cause.message : "", 200);
    throw unreadable(text, `${what} is not valid JSON: ${reason}`, cause);
  }
  const defect = findJsonDefect(text);
  if (defect === undefined) return value;
  const line = text.slice(0, defect.at).split("\n").length;
  throw unreadable(text, `${what} cannot be trusted: ${excerpt(defect.reason, 200)} (line ${line})`);
}

/**
 * Parses a JSON report and holds it against a schema, which should be loose on unknown keys and strict on those that
 * decide.
 * @param what what the text is, for messages: `the report of ruff`
 * @throws {Breakage} `parse` when the text is no JSON or does not fit the schema
 * @example const report = parseReport(z.array(diagnostic), stdout, "the report of ruff");
 */
export function parseReport<T>(schema: ZodType<T>, text: string, what: string): T {
  const result = schema.safeParse(parseJson(text, what));
  if (result.success) return result.data;
  const issues = result.error.issues.map(
    ({ path, message }) => `${path.join(".") || "(document)"}: ${message}`,
  );
  const more = issues.length > 3 ? ` and ${issues.length - 3} more` : "";
  throw unreadable(
    text,
    `${what} has an unknown form: ${excerpt(issues.slice(0, 3).join("; "), 600)}${more}`,
  );
}

function unreadable(text: string, message: string, cause?: unknown): Breakage {
  return new Breakage("parse", { message, why: `It begins: ${excerpt(text)}`, cause });
}
