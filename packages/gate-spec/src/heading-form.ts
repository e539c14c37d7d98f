import type { ListItem } from "mdast";
import { announcesCriteria, labelsOf } from "./labels.ts";
import { textOf } from "./markdown.ts";
import { everySection, type OutlineSection } from "./outline.ts";
import { headOf, joinBodies, readBody, type Body } from "./requirement-body.ts";
import type { RequirementDraft } from "./requirement-draft.ts";
import { leadingId } from "./requirement-id.ts";
import { placeOf, type Source } from "./source.ts";

/**
 * Requirements that are headings: `#### FR1: Name`, `### Requirement: Name`, and below "Requirements" any innermost
 * heading with ticks, criteria or a priority. All that is below the heading belongs to it.
 */
export function headingRequirements(source: Source, top: OutlineSection): readonly RequirementDraft[] {
  const drafts: RequirementDraft[] = [];
  for (const section of everySection(top)) {
    if (section.heading === undefined || !isRequirementSection(section)) continue;
    const lead = leadingId(section.title);
    drafts.push({
      lead,
      title: lead?.rest ?? section.title.replace(/^requirement:\s*/i, ""),
      nonFunctional: lead?.nonFunctional ?? isNonFunctional(section),
      body: sectionBody(source, section),
      at: placeOf(source, section.heading),
    });
  }
  return drafts;
}

/** Whether the heading of a section states a requirement. */
export function isRequirementSection(section: OutlineSection): boolean {
  if (section.heading === undefined || section.ownRole !== undefined || !mayState(section)) return false;
  if (leadingId(section.title) !== undefined || /^requirement:/i.test(section.title)) return true;
  return (
    section.role === "requirements" && section.children.length === 0 && section.blocks.some(showsRequirement)
  );
}

/** Whether requirements may be stated in a section: not where they are only spoken of. */
export function mayState({ role }: OutlineSection): boolean {
  return role !== "criteria" && role !== "example" && role !== "elsewhere";
}

/** Whether a section lies below a heading that speaks of non-functional requirements. */
export function isNonFunctional(section: OutlineSection | undefined): boolean {
  if (section === undefined) return false;
  return /\bnon-?functional\b/i.test(section.title) || isNonFunctional(section.parent);
}

function showsRequirement(block: OutlineSection["blocks"][number]): boolean {
  if (block.type === "list") return block.children.every(isCriterionItem);
  if (block.type !== "paragraph") return false;
  return labelsOf(block).labels.some(({ label }) => announcesCriteria(label) || label === "priority");
}

/** A ticked item without an id: with one it is a requirement itself, and the heading only groups. */
function isCriterionItem(item: ListItem): boolean {
  return typeof item.checked === "boolean" && leadingId(textOf(headOf(item)?.children ?? [])) === undefined;
}

/** What is said of a requirement below its heading; a requirement inside it is one of its criteria. */
function sectionBody(source: Source, section: OutlineSection): Body {
  const own = readBody(source, section.blocks, section.ownRole === "criteria");
  const parts = section.children.map((child): Body => {
    if (isRequirementSection(child) || /^scenario\b/i.test(child.title))
      return headingAsCriterion(source, child);
    return sectionBody(source, child);
  });
  return joinBodies([own, ...parts]);
}

function headingAsCriterion(source: Source, { heading, title }: OutlineSection): Body {
  const criteria = heading === undefined ? [] : [{ text: title, at: placeOf(source, heading) }];
  return { text: [], labels: [], criteria, targets: [] };
}
