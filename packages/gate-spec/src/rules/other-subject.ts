import { targets, type Field, type SpecDoc, type Target } from "@towpath/core";
import { excerpt } from "@towpath/kit";
import type { Diagnostic, Situation } from "../diagnostic.ts";
import { stageOf } from "../figures/stage-words.ts";
import { levelFor } from "./level-for.ts";

/**
 * TP1113: a document whose head names another component than that of the run, or a lower target. A run for a lower
 * target than the document's is on its way to it.
 */
export function otherSubject(
  { meta }: SpecDoc,
  target: Target,
  { component }: Situation,
): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  const id = meta.find(({ label }) => label === "component id" || label === "component");
  if (component !== undefined && id !== undefined && !isName(id, component)) {
    found.push({
      code: "TP1113",
      level: levelFor(target, "warning", "error", "error"),
      message: `the specification is of the component ${excerpt(id.value, 80)}, the run of ${component}`,
      at: id.at,
      fix: `Give the specification of ${component}, or correct the head of this one.`,
    });
  }
  const stage = meta.find(({ label }) => label === "target stage" || label === "target");
  const own = stage && stageOf(stage.value.slice(0, 200));
  if (stage !== undefined && own !== undefined && targets.indexOf(own) < targets.indexOf(target)) {
    found.push({
      code: "TP1113",
      level: "warning",
      message: `the specification's target is ${own}, that of the run ${target}`,
      at: stage.at,
      fix: `Change its target to ${target} if the decision changed, or run for ${own}.`,
    });
  }
  return found;
}

/** People write `Agent Orchestration` and `agent-orchestration` for `agent_orchestration`. A placeholder is no name. */
function isName({ value }: Field, component: string): boolean {
  const plain = (name: string): string =>
    name
      .toLowerCase()
      .replaceAll(/[`*"']/g, "")
      .trim()
      .replaceAll(/[\s_-]+/g, "_");
  return value === "" || /[[<{]/.test(value) || plain(value) === plain(component);
}
