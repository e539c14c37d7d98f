import { excerpt } from "@towpath/kit";
import type { SpecDoc, Target } from "@towpath/core";
import type { Diagnostic } from "../diagnostic.ts";

/**
 * TP1105: a requirement that nobody can tell to be met: without a criterion, a scenario, or a proof that is no test.
 * Criteria in a section of their own that name no requirement hold for the component as a whole; with them the finding
 * is a warning, except for production.
 */
export function missingCriteria(
  { requirements, criteria, scenarios }: SpecDoc,
  target: Target,
): readonly Diagnostic[] {
  const shared = criteria.length > 0 && target !== "production";
  const remark = criteria.length > 0 ? "; the criteria of the whole component do not name it" : "";
  const shown = new Set(scenarios.flatMap((scenario) => scenario.requirements));
  return requirements
    .filter(
      ({ id, criteria: own, proof }) => own.length === 0 && !shown.has(id) && (proof ?? "test") === "test",
    )
    .map(({ id, title, at }) => ({
      code: "TP1105",
      level: shared ? "warning" : "error",
      message: `${id} (${excerpt(title, 80)}) has no acceptance criterion${remark}`,
      at,
      fix: `Add a line \`- [ ] …\` below ${id}, or begin a line of the acceptance criteria with \`${id}:\`.`,
    }));
}
