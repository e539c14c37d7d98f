import { excerpt } from "@towpath/kit";
import type { SpecDoc, SpecRequirement as Requirement, Target } from "@towpath/core";
import type { Diagnostic } from "../diagnostic.ts";

/**
 * TP1105: a requirement that nobody can tell to be met: without a criterion, a scenario, or a proof that is no test. A
 * statement of EARS with a condition says when and what, as a scenario does.
 * Criteria in a section of their own that name no requirement hold for the component as a whole; with them the finding
 * is a warning, except for production. In the form of spec-kit the stories have the criteria, so it is one warning.
 */
export function missingCriteria(
  { form, requirements, criteria, scenarios }: SpecDoc,
  target: Target,
): readonly Diagnostic[] {
  const shown = new Set(scenarios.flatMap((scenario) => scenario.requirements));
  const lacking = requirements.filter(
    (each) =>
      each.criteria.length === 0 &&
      !shown.has(each.id) &&
      !isObservable(each) &&
      (each.proof ?? "test") === "test",
  );
  const [first] = lacking;
  if (form === "spec-kit" && criteria.length + scenarios.length > 0 && first !== undefined) {
    const ids = excerpt(lacking.map(({ id }) => id).join(", "), 200);
    return [
      {
        code: "TP1105",
        level: "warning",
        message: `no criterion or scenario names ${ids}`,
        at: first.at,
        fix: "Name in each scenario or success criterion the requirements that it shows.",
      },
    ];
  }
  const shared = criteria.length > 0 && target !== "production";
  const remark = criteria.length > 0 ? "; the criteria of the whole component do not name it" : "";
  return lacking.map(({ id, title, at }) => ({
    code: "TP1105",
    level: shared ? "warning" : "error",
    message: `${id} (${excerpt(title, 80)}) has no acceptance criterion${remark}`,
    at,
    fix: `Add a line \`- [ ] …\` below ${id}, or begin a line of the acceptance criteria with \`${id}:\`.`,
  }));
}

/** Whether a requirement says itself when what shall happen. */
export function isObservable({ ears }: Requirement): boolean {
  return ears.some(({ pattern }) => pattern !== "ubiquitous");
}
