import type { List, ListItem, Paragraph, RootContent } from "mdast";
import { isNonFunctional, isRequirementSection, mayState } from "./heading-form.ts";
import { announcesCriteria, labelsOf } from "./labels.ts";
import { endOf, linedText } from "./lined-text.ts";
import { isStrong, textOf } from "./markdown.ts";
import { everySection, type OutlineSection } from "./outline.ts";
import { headOf, joinBodies, readBody, statementOf } from "./requirement-body.ts";
import type { RequirementDraft } from "./requirement-draft.ts";
import { leadingId, type LeadingId } from "./requirement-id.ts";
import { placeOf, type Source } from "./source.ts";

/** Where a requirement may stand, and what makes it one there. */
interface Scope {
  readonly source: Source;
  /** Whether items and paragraphs are requirements even without a bold id. */
  readonly plain: boolean;
  /** Whether a ticked item is a criterion of the requirement around it. */
  readonly ticksAreCriteria: boolean;
  readonly nonFunctional: boolean;
}

/** A part of a section that holds requirements. */
type Piece =
  | {
      readonly kind: "owner";
      readonly head: Paragraph;
      readonly lead: LeadingId;
      readonly blocks: RootContent[];
    }
  | { readonly kind: "sentence"; readonly head: Paragraph }
  | { readonly kind: "list"; readonly list: List };

/**
 * Requirements that are list items or paragraphs: `- **FR-1**: text` anywhere but in sections that only speak of
 * requirements, and below "Requirements" every item (`1. **Addition**`, `- The shelf MUST …`) and every paragraph that
 * begins with an id or says "must" or "shall". Items of a nested list are the criteria of the item above them.
 */
export function listRequirements(source: Source, top: OutlineSection): readonly RequirementDraft[] {
  return [...everySection(top)].filter(mayState).flatMap((section) => {
    const inside = isInsideRequirement(section);
    const scope: Scope = {
      source,
      plain: section.role === "requirements" && !inside,
      ticksAreCriteria: inside,
      nonFunctional: isNonFunctional(section),
    };
    return piecesOf(section, scope).flatMap((piece) => {
      if (piece.kind === "list") return itemRequirements(piece.list, scope);
      if (piece.kind === "sentence") return [draft(piece.head, undefined, [], scope)];
      return [draft(piece.head, piece.lead, piece.blocks, scope)];
    });
  });
}

/** A paragraph with an id owns what follows it, up to the next one or a list with ids. */
function piecesOf(section: OutlineSection, scope: Scope): readonly Piece[] {
  const pieces: Piece[] = [];
  let criteriaFollow = false;
  for (const block of section.blocks) {
    const last = pieces.at(-1);
    const owner = last?.kind === "owner" ? last : undefined;
    if (block.type === "list" && !criteriaFollow && (owner === undefined || hasIds(block))) {
      pieces.push({ kind: "list", list: block });
      continue;
    }
    if (block.type !== "paragraph") {
      owner?.blocks.push(block);
      continue;
    }
    const lead = scope.ticksAreCriteria ? undefined : leadOf(block, scope);
    const label = labelsOf(block).labels.at(-1)?.label;
    criteriaFollow = label === undefined ? criteriaFollow && lead === undefined : announcesCriteria(label);
    if (lead !== undefined) pieces.push({ kind: "owner", head: block, lead, blocks: [] });
    else if (owner !== undefined) owner.blocks.push(block);
    else if (scope.plain && label === undefined && isNormative(block))
      pieces.push({ kind: "sentence", head: block });
  }
  return pieces;
}

function itemRequirements(list: List, scope: Scope): readonly RequirementDraft[] {
  return list.children.flatMap((item) => {
    const [, ...rest] = item.children;
    const nested: Scope = { ...scope, plain: false, ticksAreCriteria: true };
    const inner = rest.flatMap((block) => (block.type === "list" ? itemRequirements(block, nested) : []));
    const head = headOf(item);
    if (head === undefined || (scope.ticksAreCriteria && isTicked(item))) return inner;
    const lead = leadOf(head, scope);
    const states = lead !== undefined || (scope.plain && !isAside(head));
    return states ? [draft(head, lead, rest, scope, item), ...inner] : inner;
  });
}

function draft(
  head: Paragraph,
  lead: LeadingId | undefined,
  blocks: readonly (RootContent | ListItem["children"][number])[],
  { source, nonFunctional }: Scope,
  item?: ListItem,
): RequirementDraft {
  const [first, ...others] = head.children;
  const name = isStrong(first) ? textOf([first]).replace(/:$/, "") : textOf(head.children);
  const title = lead?.rest ?? name;
  // With an id the title is all of the head, else what follows the bold name is text.
  const bold = lead === undefined && isStrong(first);
  const rest = bold ? statementOf(others, textOf(others).replace(/^[:–—-]\s*/, "")) : undefined;
  const own = { ...readBody(source, [head]), text: rest === undefined ? [] : [rest] };
  return {
    lead,
    title,
    headline: endOf(linedText(bold ? [first] : head.children), title),
    nonFunctional: lead?.nonFunctional ?? nonFunctional,
    body: joinBodies([own, readBody(source, blocks, item !== undefined)]),
    at: placeOf(source, item ?? head),
    until: (item ?? blocks.at(-1) ?? head).position?.end.line ?? 1,
  };
}

function leadOf(head: Paragraph, { plain }: Scope): LeadingId | undefined {
  const [first] = head.children;
  if (!plain && (!isStrong(first) || leadingId(textOf([first])) === undefined)) return undefined;
  return leadingId(textOf(head.children));
}

function hasIds(list: List): boolean {
  return list.children.some((item) => leadingId(textOf(headOf(item)?.children ?? [])) !== undefined);
}

function isTicked(item: ListItem): boolean {
  return typeof item.checked === "boolean";
}

/** A field of the section, such as `- **Priority:** High`. */
function isAside(head: Paragraph): boolean {
  const label = labelsOf(head).labels[0]?.label ?? "";
  return announcesCriteria(label) || /^(?:priority|status|owner|author|source|version)$/.test(label);
}

function isNormative(paragraph: Paragraph): boolean {
  const text = textOf(paragraph.children);
  return /\b(?:must|shall)\b/i.test(text) && !text.endsWith(":");
}

function isInsideRequirement(section: OutlineSection | undefined): boolean {
  return section !== undefined && (isRequirementSection(section) || isInsideRequirement(section.parent));
}
