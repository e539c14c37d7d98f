import type { Ears, ExampleTable, SpecDoc, SpecRequirement } from "@towpath/core";
import { naming } from "./python-text.ts";
import { gherkinLine } from "./gherkin-text.ts";

/** A step, as it will stand in the feature file. */
export interface PlainStep {
  readonly keyword: "given" | "when" | "then";
  /** One line. */
  readonly text: string;
  readonly table?: readonly (readonly string[])[];
  readonly docString?: string;
}

/** A scenario, as it will stand in the feature file. */
export interface PlainScenario {
  /** One line; unique in the file. */
  readonly name: string;
  readonly requirements: readonly string[];
  readonly steps: readonly PlainStep[];
  readonly examples: readonly Pick<ExampleTable, "head" | "rows">[];
}

/**
 * The scenarios of a specification: those that it writes as such, then one for each EARS statement of a requirement that
 * no scenario shows. A statement that always holds ("The shelf shall …") has no situation to be put into steps.
 */
export function scenariosOf({ scenarios, requirements }: SpecDoc): readonly PlainScenario[] {
  const name = naming();
  const unique = (title: string): string => name(gherkinLine(title.replaceAll(/[<>]/g, "")));
  const written = scenarios
    .filter(({ steps }) => steps.length > 0)
    .map((scenario) => ({
      name: unique(scenario.name),
      requirements: scenario.requirements,
      steps: scenario.steps.map(({ keyword, text, table, docString }) => ({
        keyword,
        text: gherkinLine(text),
        ...(table === undefined ? {} : { table }),
        ...(docString === undefined ? {} : { docString }),
      })),
      examples: scenario.examples.filter(({ head, rows }) => head.length > 0 && rows.length > 0),
    }));
  const shown = new Set(written.flatMap((scenario) => scenario.requirements));
  const stated = requirements
    .filter(({ id, proof }) => !shown.has(id) && (proof ?? "test") === "test")
    .flatMap((requirement) =>
      requirement.ears
        .filter(({ pattern }) => pattern !== "ubiquitous")
        .map((ears) => fromEars(requirement, ears, unique)),
    );
  return [...written, ...stated];
}

function fromEars(
  requirement: SpecRequirement,
  ears: Ears,
  unique: (title: string) => string,
): PlainScenario {
  const { features, states, trigger, subject, response, modal } = ears;
  const step = (keyword: PlainStep["keyword"], text: string): PlainStep => ({
    keyword,
    text: gherkinLine(text),
  });
  return {
    name: unique(requirement.title),
    requirements: [requirement.id],
    steps: [
      ...[...features, ...states].map((text) => step("given", text)),
      ...(trigger === undefined ? [] : [step("when", trigger)]),
      step("then", `${subject} ${modal.replace("-", " ")} ${response}`),
    ],
    examples: [],
  };
}
