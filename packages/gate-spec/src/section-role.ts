import { criteriaElsewhere } from "./labels.ts";
import { leadingId } from "./requirement-id.ts";

/**
 * What a section is for, as far as its title tells. `elsewhere` speaks about requirements without stating them:
 * tests, history, open questions.
 */
export type SectionRole = "requirements" | "criteria" | "api" | "example" | "elsewhere";

const qualifiers =
  "(?:(?:core|key|main|business|user|system|product|component|technical|functional|non-?functional|quality|security|performance|and|&) )*";
const examples = "(?:examples?|usage|quick ?start)";
const asides =
  "(?:tests?|testing|(?:key |data )?entit(?:y|ies)|edge cases|traceability|coverage|dependenc(?:y|ies)|change ?log|history|references?|glossary|open questions|assumptions|out of scope|non-?goals|risks?|rationale|notes?|approvals?|monitoring|rollback|documentation|deployment)";

const roles: readonly (readonly [SectionRole | undefined, RegExp])[] = [
  ["requirements", new RegExp(`^${qualifiers}requirements?$`)],
  ["criteria", /\b(?:acceptance|success|exit) criteria\b|^(?:criteria|acceptance|definition of done)$/],
  ["elsewhere", /^(?:removed|renamed) requirements$/],
  // "Monitoring requirements" may state requirements with ids, yet its plain lists need not be any.
  [undefined, /\brequirements?\b/],
  ["example", new RegExp(`^${examples}\\b|\\b${examples}$`)],
  ["elsewhere", new RegExp(`^${asides}\\b|\\b${asides}$|\\b(?:user|command.line|graphical) interface$`)],
  ["api", /^(?:apis?|interfaces?)\b|\b(?:apis?|interfaces?)$/],
];

const requirementsElsewhere =
  /^(?:requisitos(?: (?:no |não )?(?:funcionales|funcionais))?|exigences(?: (?:non[ -])?fonctionnelles)?|(?:(?:nicht-?)?funktionale )?anforderungen|requisiti(?: (?:non )?funzionali)?|(?:功能|非功能)?(?:需求|要件)|機能要件|非機能要件|(?:기능 |비기능 )?요구 ?사항)$/;

const longestTitle = 200;

/**
 * The role that a heading gives to what is below it, or undefined when it inherits that of the heading above. Case,
 * numbers and signs before the words do not matter, nor does a remark in parentheses after them.
 * @example sectionRole("3.1 Functional Requirements (MVP)") // "requirements"
 */
export function sectionRole(title: string): SectionRole | undefined {
  if (title.length > longestTitle || leadingId(title.replace(/^[\d.]{1,20}\s/, "")) !== undefined)
    return undefined;
  const words = title
    .toLowerCase()
    .replace(/^[^\p{L}]+/u, "")
    .replace(/ ?\([^()]*\)$/, "")
    .replace(/:$/, "");
  if (requirementsElsewhere.test(words)) return "requirements";
  if (criteriaElsewhere.test(words)) return "criteria";
  return roles.find(([, pattern]) => pattern.test(words))?.[0];
}
