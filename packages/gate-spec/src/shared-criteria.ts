import type { Criterion } from "@towpath/core";
import { isRequirementSection } from "./heading-form.ts";
import { everySection, type OutlineSection } from "./outline.ts";
import { readBody } from "./requirement-body.ts";
import { mentionedIds } from "./requirement-id.ts";
import type { Source } from "./source.ts";

/** A criterion that stands apart from the requirements, with the ids that it, or a heading above it, names. */
export interface SharedCriterion {
  readonly criterion: Criterion;
  readonly ids: readonly string[];
}

/** The criteria in sections of their own ("Acceptance Criteria") outside of any requirement. */
export function sharedCriteria(source: Source, top: OutlineSection): readonly SharedCriterion[] {
  return [...everySection(top)]
    .filter((section) => section.role === "criteria" && !belongsToRequirement(section))
    .flatMap((section) =>
      readBody(source, section.blocks, true).criteria.map((criterion) => ({
        criterion,
        ids: [...new Set([...mentionedIds(criterion.text), ...mentionedIds(section.title)])],
      })),
    );
}

function belongsToRequirement({ parent }: OutlineSection): boolean {
  return parent !== undefined && (isRequirementSection(parent) || belongsToRequirement(parent));
}
