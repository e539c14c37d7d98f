import type { Place, Range } from "@towpath/core";

/** A place of a specification as the range of a finding. */
export function rangeOf({ line, column, endColumn }: Place): Range {
  return { startLine: line, startColumn: column, endLine: line, endColumn };
}
