import type { SpecDoc, Target } from "@towpath/core";
import { excerpt } from "@towpath/kit";
import type { Diagnostic } from "../diagnostic.ts";
import { levelFor } from "./level-for.ts";
import { weakWordsIn } from "./weak-words.ts";

/**
 * TP1115: a requirement of which each criterion is a matter of opinion, without a scenario or example, and that names
 * no proof. (One without any criterion is TP1105.)
 */
export function unprovable(
  { requirements, scenarios, examples }: SpecDoc,
  target: Target,
): readonly Diagnostic[] {
  const shown = new Set([...scenarios, ...examples].flatMap((each) => each.requirements));
  return requirements
    .filter(({ id, proof, criteria }) => proof === undefined && criteria.length > 0 && !shown.has(id))
    .filter(({ criteria }) => criteria.every(({ text }) => weakWordsIn(text).length > 0))
    .map(({ id, title, at }) => ({
      code: "TP1115",
      level: levelFor(target, "note", "warning", "error"),
      message: `nothing can prove ${id} (${excerpt(title, 80)}): its criteria are a matter of opinion`,
      at,
      fix: `Add a criterion with a figure or an observable outcome, or \`**Proof:** drill\` or \`**Proof:** attestation\`.`,
    }));
}
