import type { SpecDoc } from "@towpath/core";
import { excerpt } from "@towpath/kit";
import type { Diagnostic } from "../diagnostic.ts";

const binding = /\b(?:MUST|SHALL|SHOULD|MAY)\b/g;

/** TP1108: a sentence with several binding words. It never blocks. */
export function compoundRequirements({ requirements }: SpecDoc): readonly Diagnostic[] {
  return requirements.flatMap(({ id, title, text, at }): readonly Diagnostic[] => {
    const statements = [title, ...text.split(/\n|(?<=[.!?;])\s+/)];
    const compound = statements.find((statement) => (statement.match(binding)?.length ?? 0) > 1);
    if (compound === undefined) return [];
    return [
      {
        code: "TP1108",
        level: "note",
        message: `${id} states several things in one sentence: ${excerpt(compound, 120)}`,
        at,
        fix: `Write one sentence, or one requirement, for each of them.`,
      },
    ];
  });
}
