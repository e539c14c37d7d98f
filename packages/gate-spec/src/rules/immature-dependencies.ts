import { targets, type SpecDoc, type Target } from "@towpath/core";
import { excerpt } from "@towpath/kit";
import type { Diagnostic } from "../diagnostic.ts";
import { levelFor } from "./level-for.ts";

/** TP1114: a dependency whose stage, as the document names it, is lower than the target. */
export function immatureDependencies({ dependencies }: SpecDoc, target: Target): readonly Diagnostic[] {
  return dependencies.flatMap(({ name, stage, at }): readonly Diagnostic[] => {
    if (stage === undefined || targets.indexOf(stage) >= targets.indexOf(target)) return [];
    const named = excerpt(name, 80);
    return [
      {
        code: "TP1114",
        level: levelFor(target, "note", "warning", "error"),
        message: `${named} is at ${stage}, which is less than ${target}`,
        at,
        fix: `Lead ${named} to ${target} first, or correct its stage.`,
      },
    ];
  });
}
