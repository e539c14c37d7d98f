import type { SpecDoc } from "@towpath/core";
import { excerpt } from "@towpath/kit";
import type { Diagnostic } from "../diagnostic.ts";

/** TP1103: a requirement whose id had to be made from its title. In OpenSpec and Gherkin its name is its identity. */
export function missingIds({ form, requirements }: SpecDoc): readonly Diagnostic[] {
  if (form === "openspec" || form === "gherkin") return [];
  return requirements
    .filter(({ synthetic }) => synthetic)
    .map(({ id, kind, title, at }) => ({
      code: "TP1103",
      level: "warning",
      message: `the requirement ${JSON.stringify(excerpt(title, 80))} has no id; until it has one it is called ${id}`,
      at,
      fix: `Write an id before it, such as ${kind === "functional" ? "FR-1" : "NFR-1"}; any number that is free will do.`,
    }));
}
