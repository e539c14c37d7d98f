import type { ReporterName } from "./global-options.ts";

/**
 * Prints a document for machines: indented for `json`, on one line for `ndjson`.
 * @returns whether it was printed; false when people read
 */
export function printDocument(
  reporter: ReporterName,
  kind: string,
  fields: Readonly<Record<string, unknown>>,
): boolean {
  if (reporter !== "json" && reporter !== "ndjson") return false;
  const text = JSON.stringify({ schemaVersion: 1, kind, ...fields }, undefined, reporter === "json" ? 2 : 0);
  process.stdout.write(`${text}\n`);
  return true;
}
