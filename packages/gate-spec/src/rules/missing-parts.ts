import type { Place, SpecDoc } from "@towpath/core";
import type { Diagnostic } from "../diagnostic.ts";

/** TP1110: a specification without any requirement, or without any acceptance criterion. */
export function missingParts(doc: SpecDoc): readonly Diagnostic[] {
  const { requirements, criteria } = doc;
  const missing: Diagnostic[] = [];
  if (requirements.length === 0) {
    missing.push({
      code: "TP1110",
      level: "error",
      message: "no requirement was found",
      at: sectionPlace(doc, /requirement/i),
      fix: "State each requirement as `#### FR1: Name` or `- **FR-1**: text` below a heading `Requirements`.",
    });
  }
  if (criteria.length === 0 && requirements.every((requirement) => requirement.criteria.length === 0)) {
    missing.push({
      code: "TP1110",
      level: "error",
      message: "no acceptance criterion was found",
      at: sectionPlace(doc, /criteri/i),
      fix: "Write `**Acceptance Criteria:**` and lines `- [ ] …` below each requirement.",
    });
  }
  return missing;
}

/** The heading where the part belongs, else the first line. */
function sectionPlace({ file, sections }: SpecDoc, title: RegExp): Place {
  const section = sections.find((each) => title.test(each.title));
  return section?.at ?? { file, line: 1, column: 1, endColumn: 1 };
}
