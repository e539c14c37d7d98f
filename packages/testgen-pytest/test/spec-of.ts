import type { Place, SpecDoc, SpecExample, SpecRequirement } from "@towpath/core";

/** A place in the sample specification. */
export function at(line = 1): Place {
  return { file: "specs/foo.md", line, column: 1, endColumn: 10 };
}

/** A specification of the given parts. */
export function specOf(parts: Partial<SpecDoc> = {}): SpecDoc {
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

/** A requirement of the given parts. */
export function requirement(id: string, parts: Partial<SpecRequirement> = {}): SpecRequirement {
  return {
    id,
    synthetic: false,
    kind: "functional",
    title: "Something",
    text: "",
    ears: [],
    criteria: [],
    at: at(),
    ...parts,
  };
}

/** An example that gives a value. */
export function example(
  expression: string,
  value: string,
  { setup = [], requirements = [] }: { setup?: readonly string[]; requirements?: readonly string[] } = {},
): SpecExample {
  return { setup, expression, expected: { kind: "value", source: value }, requirements, at: at() };
}
