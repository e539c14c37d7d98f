import type { Place, SpecDoc, SpecRequirement as Requirement } from "@towpath/core";

/** A place on a line of `specs/foo.md`. */
export function at(line: number, file = "specs/foo.md"): Place {
  return { file, line, column: 1, endColumn: 9 };
}

/** A document of which only the given parts matter. */
export function specDoc(parts: Partial<SpecDoc> = {}): SpecDoc {
  return {
    file: "specs/foo.md",
    form: "markdown",
    meta: [],
    sections: [],
    requirements: [],
    criteria: [],
    scenarios: [],
    apiBlocks: [],
    endpoints: [],
    examples: [],
    figures: [],
    dependencies: [],
    stageTargets: [],
    prose: [],
    ...parts,
  };
}

/** A requirement of which only the given parts matter. */
export function requirement(parts: Partial<Requirement> = {}): Requirement {
  return {
    id: "FR-1",
    synthetic: false,
    kind: "functional",
    title: "Store a book",
    text: "",
    ears: [],
    criteria: [],
    at: at(3),
    ...parts,
  };
}
