import type { Field, SpecForm } from "@towpath/core";
import { isFeature } from "./gherkin.ts";
import { everySection, type OutlineSection } from "./outline.ts";

const ttaLabels = /^(?:(?:component|feature|api) (?:id|name)|target stage|maturity stage)$/;

/**
 * The way in which a specification is written, by its path, its fields and its headings. It is told for those who
 * check and generate; every form is read in every document, as people mix them.
 */
export function specForm(file: string, meta: readonly Field[], top: OutlineSection): SpecForm {
  if (isFeature(file)) return "gherkin";
  const titles = [...everySection(top)].map(({ title }) => title);
  const has = (pattern: RegExp): boolean => titles.some((title) => pattern.test(title));
  if (/(?:^|\/)\.kiro\/specs\//.test(file) || (has(/^Requirement \d/) && has(/^Acceptance Criteria$/i)))
    return "kiro";
  if (
    has(/^Requirement:/) &&
    (has(/^Scenario:/) || has(/^(?:ADDED|MODIFIED|REMOVED|RENAMED) Requirements$/i))
  ) {
    return "openspec";
  }
  if (meta.some(({ label }) => label === "feature branch") || has(/^User Story \d/)) return "spec-kit";
  return meta.some(({ label }) => ttaLabels.test(label)) ? "tta" : "markdown";
}
