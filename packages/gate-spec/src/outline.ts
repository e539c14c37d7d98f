import type { Heading, Root, RootContent } from "mdast";
import { textOf } from "./markdown.ts";
import { sectionRole, type SectionRole } from "./section-role.ts";

/** A heading and what is below it. The sections of a document form a tree. */
export interface OutlineSection {
  /** Absent for the top, which holds what stands above the first heading. */
  readonly heading: Heading | undefined;
  readonly title: string;
  /** 1 to 6; 0 for the top. */
  readonly depth: number;
  readonly parent: OutlineSection | undefined;
  /** The role its title gives it. */
  readonly ownRole: SectionRole | undefined;
  /** Its own role, else that of the nearest section above it that has one. */
  readonly role: SectionRole | undefined;
  /** What stands between its heading and the next one. */
  readonly blocks: readonly RootContent[];
  readonly children: readonly OutlineSection[];
}

interface OpenSection extends OutlineSection {
  readonly blocks: RootContent[];
  readonly children: OpenSection[];
}

/**
 * The tree of a document's sections, from its top. Headings inside quotes and lists do not count. A first heading `#`
 * above all others is the document's title and gives no role to what is below it: a component may be called "Test API".
 */
export function outlineOf(root: Root): OutlineSection {
  const title = documentTitle(root);
  const top = openSection(undefined, undefined, title);
  const open = [top];
  for (const node of root.children) {
    let parent = open.at(-1) ?? top;
    if (node.type !== "heading") {
      parent.blocks.push(node);
      continue;
    }
    while (parent.depth >= node.depth && open.length > 1) {
      open.pop();
      parent = open.at(-1) ?? top;
    }
    const child = openSection(node, parent, title);
    parent.children.push(child);
    open.push(child);
  }
  return top;
}

/** A section and all below it, in the order of the file. */
export function* everySection(section: OutlineSection): Generator<OutlineSection> {
  yield section;
  for (const child of section.children) yield* everySection(child);
}

/** Whether a section lies below a heading `REMOVED Requirements`, as a change of OpenSpec has it. */
export function isWithdrawn(section: OutlineSection): boolean {
  if (/^(?:removed|renamed) requirements$/i.test(section.title)) return true;
  return section.parent !== undefined && isWithdrawn(section.parent);
}

/** The last line of a section with all that is below it. */
export function lastLine(section: OutlineSection): number {
  const below = section.children.at(-1);
  if (below !== undefined) return lastLine(below);
  return (section.blocks.at(-1) ?? section.heading)?.position?.end.line ?? 1;
}

function documentTitle(root: Root): Heading | undefined {
  const [first, ...others] = root.children.filter((node) => node.type === "heading");
  if (first?.depth !== 1 || others.length === 0) return undefined;
  return others.every((other) => other.depth > first.depth) ? first : undefined;
}

function openSection(
  heading: Heading | undefined,
  parent: OpenSection | undefined,
  titleHeading: Heading | undefined,
): OpenSection {
  const title = heading === undefined ? "" : textOf(heading.children);
  const ownRole = heading === titleHeading ? undefined : sectionRole(title);
  const role = ownRole ?? parent?.role;
  return { heading, title, depth: heading?.depth ?? 0, parent, ownRole, role, blocks: [], children: [] };
}
