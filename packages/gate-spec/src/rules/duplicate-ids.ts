import type { SpecRequirement as Requirement, SpecDoc } from "@towpath/core";
import { excerpt } from "@towpath/kit";
import type { Diagnostic } from "../diagnostic.ts";

/** TP1104: an id that an earlier requirement has already, whatever its spelling (`FR1`, `FR-001`). */
export function duplicateIds({ requirements }: SpecDoc): readonly Diagnostic[] {
  const first = new Map<string, Requirement>();
  return requirements.flatMap((requirement): Diagnostic[] => {
    const { id, title, at } = requirement;
    const earlier = first.get(id);
    if (earlier === undefined) {
      first.set(id, requirement);
      return [];
    }
    const place = `${earlier.at.file}:${earlier.at.line}`;
    return [
      {
        code: "TP1104",
        level: "error",
        message: `${id} (${excerpt(title, 80)}) is already the id of "${excerpt(earlier.title, 80)}" at ${place}`,
        at,
        fix: `Give this requirement, or the one at ${place}, an id that no other has.`,
      },
    ];
  });
}
