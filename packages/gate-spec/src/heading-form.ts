import type { ListItem } from "mdast";
import { announcesCriteria, labelsOf } from "./labels.ts";
import { endOf, linedText } from "./lined-text.ts";
import { textOf } from "./markdown.ts";
import { everySection, lastLine, type OutlineSection } from "./outline.ts";
import { headOf, joinBodies, readBody, type Body } from "./requirement-body.ts";
import type { RequirementDraft } from "./requirement-draft.ts";
import { leadingId } from "./requirement-id.ts";
import { isScenarioTitle } from "./scenario-title.ts";
import { placeOf, type Source } from "./source.ts";

/**
 * Requirements that are headings: `#### FR1: Name`, `### Requirement: Name`, and below "Requirements" any innermost
 * heading with ticks, criteria or a priority. All that is below the heading belongs to it.
 */
export function headingRequirements(source: Source, top: OutlineSection): readonly RequirementDraft[] {
  const drafts: RequirementDraft[] = [];
  for (const section of everySection(top)) {
    if (section.heading === undefined || !isRequirementSection(section)) continue;
    const name = statedName(section.title);
    const lead = leadingId(name);
    // `### Requirement 1` has no name but its number.
    const title = lead === undefined || lead.rest === "" ? name : lead.rest;
    drafts.push({
      lead,
      title,
      headline: endOf(linedText(section.heading.children), title),
      nonFunctional: lead?.nonFunctional ?? isNonFunctional(section),
      body: sectionBody(source, section),
      at: placeOf(source, section.heading),
      until: lastLine(section),
    });
  }
  return drafts;
}

/** Whether the heading of a section states a requirement. */
export function isRequirementSection(section: OutlineSection): boolean {
  if (section.heading === undefined || section.ownRole !== undefined || !mayState(section)) return false;
  if (leadingId(statedName(section.title)) !== undefined || /^requirement:/i.test(section.title)) return true;
  return (
    section.role === "requirements" && section.children.length === 0 && section.blocks.some(showsRequirement)
  );
}

/** A title without `Requirement:` and without the number of its section. */
function statedName(title: string): string {
  return title.replace(/^requirement:\s*/i, "").replace(/^\d{1,4}(?:\.\d{1,4}){0,6}\.?\s+(?=[A-Z]{2})/, "");
}

/** Whether requirements may be stated in a section: not where they are only spoken of. */
export function mayState({ role }: OutlineSection): boolean {
  return role !== "criteria" && role !== "example" && role !== "elsewhere";
}

/** Whether a section lies below a heading that speaks of non-functional requirements. */
export function isNonFunctional(section: OutlineSection | undefined): boolean {
  if (section === undefined) return false;
  return (
    /\b(?:non-?functional|no funcional|nicht-?funktional|non[ -]fonctionnel|non funzional)|não funciona|非功能|非機能|비기능/i.test(
      section.title,
    ) || isNonFunctional(section.parent)
  );
}

function showsRequirement(block: OutlineSection["blocks"][number]): boolean {
  if (block.type === "list")
    return block.children.every(isCriterionItem) || block.children.some(isStatementItem);
  if (block.type !== "paragraph") return false;
  return labelsOf(block).labels.some(({ label }) => announcesCriteria(label) || label === "priority");
}

/** `- **Requirement:** text`, as the fields of a non-functional requirement without an id are written. */
function isStatementItem(item: ListItem): boolean {
  const head = headOf(item);
  return head !== undefined && labelsOf(head).labels[0]?.label === "requirement";
}

/** A ticked item without an id: with one it is a requirement itself, and the heading only groups. */
function isCriterionItem(item: ListItem): boolean {
  return typeof item.checked === "boolean" && leadingId(textOf(headOf(item)?.children ?? [])) === undefined;
}

/** What is said of a requirement below its heading; a requirement inside it is one of its criteria. */
function sectionBody(source: Source, section: OutlineSection, listed = false): Body {
  const lists = listed || section.ownRole === "criteria";
  const own = readBody(source, section.blocks, lists);
  const parts = section.children.map((child): Body => {
    if (isRequirementSection(child) || isScenarioTitle(child.title)) return headingAsCriterion(source, child);
    return sectionBody(source, child, lists);
  });
  return joinBodies([own, ...parts]);
}

function headingAsCriterion(source: Source, { heading, title }: OutlineSection): Body {
  const criteria = heading === undefined ? [] : [{ text: title, at: placeOf(source, heading) }];
  return { text: [], labels: [], criteria, targets: [] };
}
