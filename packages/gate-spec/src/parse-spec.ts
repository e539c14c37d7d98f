import type { Criterion, SpecRequirement as Requirement, Section, SpecDoc } from "@towpath/core";
import { apiBlocksOf } from "./api-blocks.ts";
import { headingRequirements } from "./heading-form.ts";
import { listRequirements } from "./list-form.ts";
import { parseMarkdown } from "./markdown.ts";
import { metaOf } from "./meta.ts";
import { everySection, outlineOf, type OutlineSection } from "./outline.ts";
import { proseOf } from "./prose.ts";
import { refuseSpec } from "./refuse-spec.ts";
import type { RequirementDraft, RequirementForm } from "./requirement-draft.ts";
import { synthesiseId } from "./requirement-id.ts";
import { sharedCriteria, type SharedCriterion } from "./shared-criteria.ts";
import { placeOf, sourceOf, type Source } from "./source.ts";
import { BudgetExceeded, withinBudget } from "./within-budget.ts";

/** The ways of writing requirements that are understood. A new way is a new entry. */
const forms: readonly RequirementForm[] = [headingRequirements, listRequirements];

/** Longest time that reading a specification may take, in milliseconds. */
const parseBudgetMs = 700;

/**
 * Reads a specification. Pure: the same text gives the same document, and no text makes it throw but one that costs
 * more than its time, as nesting bombs do.
 * @param file path that the places in the result name
 * @param budgetMs limit in milliseconds @default 700
 * @throws {Breakage} `no-input` when the time was up or the nesting is too deep
 * @example parseSpec("# Shelf\n\n## Requirements\n\n- **FR-1**: keep books\n", "specs/shelf.md").requirements[0].id // "FR-1"
 */
export function parseSpec(text: string, file: string, budgetMs: number = parseBudgetMs): SpecDoc {
  try {
    return withinBudget(() => readDocument(text.replace(/^\uFEFF/, ""), file), budgetMs);
  } catch (error) {
    if (error instanceof BudgetExceeded) {
      throw refuseSpec(
        file,
        `reading it takes longer than ${budgetMs} ms; split it, or nest it less deeply`,
        error,
      );
    }
    // The parser recurses: too deep a nesting exhausts the stack before the time is up.
    if (error instanceof RangeError) throw refuseSpec(file, "it is nested too deeply", error);
    throw error;
  }
}

function readDocument(text: string, file: string): SpecDoc {
  const root = parseMarkdown(text);
  const source = sourceOf(text, file);
  const top = outlineOf(root);
  const shared = sharedCriteria(source, top);
  const requirements = requirementsOf(
    forms.flatMap((form) => form(source, top)),
    shared,
  );
  const ids = new Set(requirements.map(({ id }) => id));
  return {
    file,
    form: "markdown",
    meta: metaOf(source, root, top),
    sections: sectionsOf(source, top),
    requirements,
    criteria: shared.filter((each) => !each.ids.some((id) => ids.has(id))).map(({ criterion }) => criterion),
    scenarios: [],
    apiBlocks: apiBlocksOf(source, top),
    endpoints: [],
    examples: [],
    figures: [],
    dependencies: [],
    stageTargets: [],
    prose: proseOf(source, text, root),
  };
}

function requirementsOf(
  drafts: readonly RequirementDraft[],
  shared: readonly SharedCriterion[],
): readonly Requirement[] {
  const inOrder = drafts.toSorted((a, b) => a.at.line - b.at.line);
  const taken = new Set(inOrder.flatMap(({ lead }) => (lead === undefined ? [] : [lead.id])));
  const named = new Map<string, Criterion[]>();
  for (const { criterion, ids } of shared) {
    for (const id of ids) named.set(id, [...(named.get(id) ?? []), criterion]);
  }
  return inOrder.map(({ lead, title, nonFunctional, body, at }) => {
    const id = lead?.id ?? synthesiseId(title, taken);
    const priority = body.labels.find(({ label }) => label === "priority")?.value;
    const figures = nonFunctional ? body.targets : [];
    return {
      id,
      synthetic: lead === undefined,
      kind: nonFunctional ? "non-functional" : "functional",
      title,
      text: [
        ...body.text,
        ...body.labels.filter(({ label }) => isStatement(label)).map(({ value }) => value),
      ].join("\n"),
      ...(priority === undefined ? {} : { priority }),
      ears: [],
      criteria: [...body.criteria, ...figures, ...(named.get(id) ?? [])],
      at,
    };
  });
}

function isStatement(label: string): boolean {
  return label === "description" || label === "requirement";
}

function sectionsOf(source: Source, top: OutlineSection): readonly Section[] {
  return [...everySection(top)].flatMap((section) =>
    section.heading === undefined
      ? []
      : [
          {
            title: section.title,
            depth: section.depth,
            path: pathOf(section),
            at: placeOf(source, section.heading),
          },
        ],
  );
}

function pathOf({ parent }: OutlineSection): readonly string[] {
  return parent?.heading === undefined ? [] : [...pathOf(parent), parent.title];
}
