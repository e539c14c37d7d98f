import type { Range } from "@towpath/core";
import type { Place } from "./spec-doc.ts";

/** A place of a specification as the range of a finding. */
export function rangeOf({ line, column, endColumn }: Place): Range {
  return { startLine: line, startColumn: column, endLine: line, endColumn };
}
