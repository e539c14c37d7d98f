import { excerpt } from "@towpath/kit";
import type { FunctionDefinition, Parameter } from "./definitions.ts";

/** How the code's function differs from the specified one. */
export interface Differences {
  /** A caller who relies on the specification may fail. */
  readonly errors: readonly string[];
  /** Different annotations, where both have one. */
  readonly warnings: readonly string[];
}

/**
 * Compares a function with what the specification promises: how it is called, the names, kinds and order of its
 * parameters, which of them have a default, and annotations where both sides have them.
 */
export function compareFunctions(promised: FunctionDefinition, actual: FunctionDefinition): Differences {
  const errors: string[] = [];
  const warnings: string[] = [];
  if (promised.async !== actual.async)
    errors.push(`it is ${actual.async ? "async" : "not async"} in the code`);
  if (promised.binding !== actual.binding) {
    errors.push(`it is ${bindings[actual.binding]} in the code, not ${bindings[promised.binding]}`);
  }
  const inCode = new Map(actual.parameters.map((parameter) => [keyOf(parameter), parameter]));
  const promisedKeys = new Set(promised.parameters.map(keyOf));
  for (const parameter of promised.parameters) {
    const match = inCode.get(keyOf(parameter));
    if (match === undefined) errors.push(`parameter ${show(parameter)} is missing`);
    else compareParameters(parameter, match, errors, warnings);
  }
  for (const parameter of actual.parameters) {
    if (!promisedKeys.has(keyOf(parameter)))
      errors.push(`parameter ${show(parameter)} is not in the specification`);
  }
  if (errors.length === 0 && positionals(promised) !== positionals(actual)) {
    errors.push(`the parameters come in another order: ${excerpt(positionals(actual), 200)}`);
  }
  if (differ(promised.returns, actual.returns)) {
    warnings.push(`it returns ${annotation(actual.returns)}, not ${annotation(promised.returns)}`);
  }
  return { errors, warnings };
}

const bindings: Readonly<Record<FunctionDefinition["binding"], string>> = {
  plain: "an ordinary function",
  static: "a static method",
  class: "a class method",
  property: "a property",
};

const kinds: Readonly<Record<Parameter["kind"], string>> = {
  "positional-only": "positional-only",
  positional: "positional",
  rest: "`*`",
  "keyword-only": "keyword-only",
  "keyword-rest": "`**`",
};

function compareParameters(
  promised: Parameter,
  actual: Parameter,
  errors: string[],
  warnings: string[],
): void {
  const name = show(promised);
  if (promised.kind !== actual.kind) {
    errors.push(`parameter ${name} is ${kinds[actual.kind]} in the code, not ${kinds[promised.kind]}`);
  }
  if (promised.default !== actual.default) {
    errors.push(`parameter ${name} has ${actual.default ? "a" : "no"} default in the code`);
  }
  if (differ(promised.annotation, actual.annotation)) {
    warnings.push(
      `parameter ${name} is ${annotation(actual.annotation)} in the code, not ${annotation(promised.annotation)}`,
    );
  }
}

/** No caller sees how `*args` and `**kwargs` are called. */
function keyOf({ name, kind }: Parameter): string {
  if (kind === "rest") return "*";
  return kind === "keyword-rest" ? "**" : name;
}

function positionals({ parameters }: FunctionDefinition): string {
  return parameters
    .filter(({ kind }) => kind === "positional-only" || kind === "positional")
    .map(({ name }) => name)
    .join(", ");
}

function differ(promised: string | null, actual: string | null): boolean {
  return promised !== null && actual !== null && promised !== actual;
}

function show({ name }: Parameter): string {
  return `\`${excerpt(name, 80)}\``;
}

function annotation(text: string | null): string {
  return `\`${excerpt(text ?? "", 120)}\``;
}
