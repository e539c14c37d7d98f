import type { SpecDoc, SpecRequirement as Requirement, Target } from "@towpath/core";
import { excerpt } from "@towpath/kit";
import type { Diagnostic } from "../diagnostic.ts";
import { quantitiesIn } from "../figures/quantities.ts";
import { levelFor } from "./level-for.ts";

/** Words without which hardly an English sentence does. */
const english = /\b(?:the|is|are|of|and|with|must|shall|should)\b/i;

/** More of them are a habit of the document, and said once. */
const mostSingly = 5;

/**
 * TP1106: a requirement without a word of RFC 2119 in capitals and without the shape of EARS. A figure binds without
 * words, and another language has words of its own, so a document without English is left alone. It never blocks.
 */
export function missingModals({ requirements }: SpecDoc, target: Target): readonly Diagnostic[] {
  if (!requirements.some((each) => english.test(each.title) || english.test(each.text))) return [];
  const level = levelFor(target, "note", "note", "warning");
  const lacking = requirements.filter(
    (each) => each.modal === undefined && each.ears.length === 0 && !hasFigure(each),
  );
  const [first] = lacking;
  if (first !== undefined && lacking.length > mostSingly) {
    const { id, at } = first;
    const message = `${lacking.length} of ${requirements.length} requirements, from ${id} on, have no word that says how binding they are`;
    return [
      { code: "TP1106", level, message, at, fix: "Say in each what MUST, SHOULD or MAY be, in capitals." },
    ];
  }
  return lacking.map(({ id, title, at }) => ({
    code: "TP1106",
    level,
    message: `${id} (${excerpt(title, 80)}) has no word that says how binding it is`,
    at,
    fix: `Say in ${id} what MUST, SHOULD or MAY be, in capitals.`,
  }));
}

function hasFigure({ kind, title, text, criteria }: Requirement): boolean {
  const stated = [title, text, ...criteria.map((criterion) => criterion.text)];
  return kind === "non-functional" && stated.some((part) => quantitiesIn(part.slice(0, 500)).length > 0);
}
