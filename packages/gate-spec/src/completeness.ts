import type { SpecDoc, Target } from "@towpath/core";
import type { Diagnostic, Rule } from "./diagnostic.ts";
import { duplicateIds } from "./rules/duplicate-ids.ts";
import { missingCriteria } from "./rules/missing-criteria.ts";
import { missingIds } from "./rules/missing-ids.ts";
import { missingParts } from "./rules/missing-parts.ts";
import { placeholders } from "./rules/placeholders.ts";

/** What makes a specification complete. A new demand is a new entry. */
export const completeness: readonly Rule[] = [
  missingParts,
  placeholders,
  missingIds,
  duplicateIds,
  missingCriteria,
];

/** What the rules have to say about a specification, in the order of its lines. */
export function checkSpec(
  doc: SpecDoc,
  target: Target,
  rules: readonly Rule[] = completeness,
): readonly Diagnostic[] {
  return rules
    .flatMap((rule) => rule(doc, target))
    .toSorted((a, b) => a.at.line - b.at.line || a.at.column - b.at.column);
}
