import type { Target } from "@towpath/core";

const stages: Readonly<Record<string, Target>> = {
  dev: "dev",
  development: "dev",
  staging: "staging",
  stage: "staging",
  production: "production",
  prod: "production",
};
const word = "(dev|development|staging|stage|production|prod)";
const arrow = new RegExp(`^${word} ?(?:→|⟶|⇒|->|=>|to) ?${word}\\b`);
const alone = new RegExp(`^${word}(?: (?:stage|environment|criteria|targets?|gates?|readiness))?$`);

/**
 * The stage that a word names, in any of its spellings.
 * @example stageWord("Staging") // "staging"
 */
export function stageWord(text: string): Target | undefined {
  const key = text.trim().toLowerCase();
  return Object.hasOwn(stages, key) ? stages[key] : undefined;
}

/**
 * The stage to which a title leads: `Staging Stage`, `Development → Staging`. A title that speaks of a stage among other
 * things names none.
 */
export function stageTitle(title: string): { readonly stage: Target; readonly step: boolean } | undefined {
  if (title.length > 100) return undefined;
  const text = title
    .toLowerCase()
    .replace(/^[^\p{L}]+/u, "")
    .replace(/\s{0,3}\([^()]*\)$/, "")
    .replace(/:$/, "");
  const to = stageWord(arrow.exec(text)?.[2] ?? "");
  if (to !== undefined) return { stage: to, step: true };
  const stage = stageWord(alone.exec(text)?.[1] ?? "");
  return stage === undefined ? undefined : { stage, step: false };
}
