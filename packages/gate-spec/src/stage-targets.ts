import type { Criterion, StageTarget } from "@towpath/core";
import type { List, RootContent } from "mdast";
import { labelsOf } from "./labels.ts";
import { textOf } from "./markdown.ts";
import { everySection, type OutlineSection } from "./outline.ts";
import { criterionOf, headOf } from "./requirement-body.ts";
import { placeOf, type Source } from "./source.ts";
import { stageTitle } from "./stage-word.ts";

const about = /\b(?:criteria|maturity|promotion|stage targets?|quality gates?|definition of done)\b/i;

/**
 * What must hold before a stage is reached: headings `### Staging Stage` below acceptance criteria or maturity targets,
 * headings, labels and items `Development → Staging`, and items `- **Staging**: coverage ≥ 70 %` there.
 */
export function stageTargetsOf(source: Source, top: OutlineSection): readonly StageTarget[] {
  return [...everySection(top)].flatMap((section) => {
    if (section.role === "elsewhere" || section.role === "example") return [];
    const concerns = isAbout(section);
    const named = stageTitle(section.title);
    const { heading } = section;
    if (named !== undefined && heading !== undefined && (named.step || concerns)) {
      const criteria = [...everySection(section)].flatMap(({ blocks }) => listed(source, blocks));
      return [{ stage: named.stage, criteria, at: placeOf(source, heading) }];
    }
    return inside(source, section.blocks, concerns);
  });
}

function isAbout(section: OutlineSection): boolean {
  return about.test(section.title) || (section.parent !== undefined && isAbout(section.parent));
}

function inside(source: Source, blocks: readonly RootContent[], concerns: boolean): readonly StageTarget[] {
  return blocks.flatMap((block, index) => {
    if (block.type === "paragraph") {
      const text = textOf(block.children);
      const named = stageTitle(text);
      const next = blocks[index + 1];
      if (named === undefined || next?.type !== "list" || !(named.step || concerns)) return [];
      return [{ stage: named.stage, criteria: listed(source, [next]), at: placeOf(source, block) }];
    }
    return block.type === "list" && concerns ? items(source, block) : [];
  });
}

function items(source: Source, list: List): readonly StageTarget[] {
  return list.children.flatMap((item) => {
    const head = headOf(item);
    const label = head === undefined ? undefined : labelsOf(head).labels[0];
    const named = stageTitle(label?.label ?? "");
    if (head === undefined || label === undefined || named === undefined) return [];
    const at = placeOf(source, item);
    const own = label.value === "" ? [] : [{ text: label.value, at }];
    return [{ stage: named.stage, criteria: [...own, ...listed(source, item.children)], at }];
  });
}

function listed(
  source: Source,
  blocks: readonly (RootContent | List["children"][number]["children"][number])[],
): readonly Criterion[] {
  return blocks.flatMap((block) =>
    block.type === "list" ? block.children.flatMap((item) => criterionOf(source, item) ?? []) : [],
  );
}
