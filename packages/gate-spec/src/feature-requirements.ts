import type { GherkinRule } from "./gherkin-scenarios.ts";
import type { LinedText } from "./lined-text.ts";
import type { RequirementDraft } from "./requirement-draft.ts";
import { leadingId } from "./requirement-id.ts";

/** The rules of a feature as requirements, and the feature itself where it has scenarios outside of rules. Scenarios are their criteria. */
export function featureRequirements(
  rules: readonly GherkinRule[],
  lines: number,
): readonly RequirementDraft[] {
  return rules.map((rule, index) => {
    const lead = leadingId(rule.name);
    const name = lead === undefined || lead.rest === "" ? rule.name : lead.rest;
    const description = rule.description.replaceAll(/\s+/g, " ").trim();
    const lined = (text: string): LinedText => ({ text, lineAt: () => rule.at.line });
    return {
      lead,
      title: name,
      headline: lined(name),
      nonFunctional: lead?.nonFunctional ?? false,
      body: {
        text: description === "" ? [] : [{ text: description, lined: lined(description) }],
        labels: [],
        criteria: rule.scenarios.map((scenario) => ({ text: scenario.name, at: scenario.at })),
        targets: [],
      },
      at: rule.at,
      until: (rules[index + 1]?.at.line ?? lines + 1) - 1,
    };
  });
}
