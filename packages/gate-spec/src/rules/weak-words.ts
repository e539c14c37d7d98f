import type { Place, SpecDoc, SpecRequirement as Requirement, Target } from "@towpath/core";
import { excerpt } from "@towpath/kit";
import type { Diagnostic } from "../diagnostic.ts";
import { levelFor } from "./level-for.ts";

const weak =
  /(?<![\w-])(?:(?<!fail(?:s|ed|ing)? )fast(?:er)?|quickly|scalable|scales well|robust(?:ly)?|gracefully|appropriate(?:ly)?|user-friendly|intuitive(?:ly)?|easy to use|reasonabl[ey]|efficient(?:ly)?|minimal|seamless(?:ly)?|flexible|adequate(?:ly)?|as needed|if possible|where possible|state of the art|etc\.?)(?![\w-])/gi;

/**
 * The words of a statement that mean something else to everybody, each once, unless a number or code in the statement
 * says what they mean.
 * @example weakWordsIn("answers quickly, within 50 ms") // []
 */
export function weakWordsIn(statement: string): readonly string[] {
  if (/\d|["“`]/.test(statement)) return [];
  return [...new Set(Array.from(statement.matchAll(weak), ([word]) => word.toLowerCase()))];
}

/**
 * TP1107: a weak word without a measure, in what a requirement says or in its criteria. Where a criterion or target of
 * the requirement has a figure, its text may say the same in words.
 */
export function weakWords(doc: SpecDoc, target: Target): readonly Diagnostic[] {
  const own = doc.requirements.flatMap((requirement) => {
    const { id, title, text, criteria, at } = requirement;
    const stated = isMeasured(requirement) ? [] : [title, ...sentencesOf(text)];
    return [
      ...stated.flatMap((statement) => diagnose(statement, id, at, target)),
      ...criteria.flatMap((criterion) => diagnose(criterion.text, id, criterion.at, target)),
    ];
  });
  const shared = doc.criteria.flatMap(({ text, at }) => diagnose(text, "the criterion", at, target));
  return once([...own, ...shared]);
}

function isMeasured({ criteria }: Requirement): boolean {
  return criteria.some(({ text }) => /\d/.test(text));
}

function sentencesOf(text: string): readonly string[] {
  return text.split(/\n|(?<=[.!?])\s+/);
}

function diagnose(statement: string, owner: string, at: Place, target: Target): readonly Diagnostic[] {
  const words = weakWordsIn(statement);
  if (words.length === 0) return [];
  const named = words.map((word) => `"${word}"`).join(", ");
  return [
    {
      code: "TP1107",
      level: levelFor(target, "note", "warning", "error"),
      message: `${named} in ${owner} is no measure: ${excerpt(statement, 120)}`,
      at,
      fix: `Say how much with a number and its unit, or take ${named} out.`,
    },
  ];
}

/** A criterion that stands apart belongs to each requirement that it names. */
function once(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const seen = new Set<string>();
  return diagnostics.filter(({ at, message }) => {
    const key = `${at.line}:${message.replace(/ in \S+ is no measure/, "")}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
