import type { SpecDoc, Target } from "@towpath/core";
import type { Diagnostic, Rule, Situation } from "./diagnostic.ts";
import { compoundRequirements } from "./rules/compound-requirements.ts";
import { danglingReferences } from "./rules/dangling-references.ts";
import { duplicateIds } from "./rules/duplicate-ids.ts";
import { immatureDependencies } from "./rules/immature-dependencies.ts";
import { missingCriteria } from "./rules/missing-criteria.ts";
import { missingFigures } from "./rules/missing-figures.ts";
import { missingIds } from "./rules/missing-ids.ts";
import { missingModals } from "./rules/missing-modals.ts";
import { missingParts } from "./rules/missing-parts.ts";
import { otherSubject } from "./rules/other-subject.ts";
import { placeholders } from "./rules/placeholders.ts";
import { shapelessStatements } from "./rules/shapeless-statements.ts";
import { unaskedErrors } from "./rules/unasked-errors.ts";
import { unprovable } from "./rules/unprovable.ts";
import { weakWords } from "./rules/weak-words.ts";

/** What makes a specification complete. A new demand is a new entry. */
export const completeness: readonly Rule[] = [
  missingParts,
  placeholders,
  missingIds,
  duplicateIds,
  missingCriteria,
  missingModals,
  weakWords,
  compoundRequirements,
  shapelessStatements,
  missingFigures,
  danglingReferences,
  otherSubject,
  immatureDependencies,
  unprovable,
  unaskedErrors,
];

/**
 * What the rules have to say about a specification, in the order of its lines.
 * @param situation what is known of the run @default nothing
 */
export function checkSpec(
  doc: SpecDoc,
  target: Target,
  situation: Situation = {},
  rules: readonly Rule[] = completeness,
): readonly Diagnostic[] {
  return rules
    .flatMap((rule) => rule(doc, target, situation))
    .toSorted((a, b) => a.at.line - b.at.line || a.at.column - b.at.column);
}
