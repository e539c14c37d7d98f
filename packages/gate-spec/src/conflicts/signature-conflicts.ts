import type { Place } from "@towpath/core";
import { compareFunctions } from "../api/compare-functions.ts";
import type { FunctionDefinition } from "../api/definitions.ts";
import { byPlace, type Conflict, type Party } from "./conflict.ts";
import { grouped } from "./grouped.ts";
import { signaturesIn } from "./signatures.ts";

interface Promised {
  readonly path: string;
  readonly definition: FunctionDefinition;
  readonly at: Place;
}

/**
 * TP1125: two API blocks of the component's documents promise one function with different parameters, or once as
 * `async` and once not. Annotations may say more in one place than in the other.
 */
export function signatureConflicts(parties: readonly Party[]): readonly Conflict[] {
  const promised = parties
    .filter(({ role }) => role === "own")
    .flatMap(({ doc }) =>
      doc.apiBlocks.flatMap(({ text, at }) =>
        signaturesIn(text).map(({ path, definition }): Promised => ({
          path,
          definition,
          at: { ...at, line: at.line + definition.line - 1 },
        })),
      ),
    );
  return grouped(promised.toSorted(byPlace), ({ path }) => path).flatMap(([first, ...others]) => {
    const other = others.find((each) => first !== undefined && differ(first.definition, each.definition));
    if (first === undefined || other === undefined) return [];
    return [
      {
        code: "TP1125",
        kind: "contradiction",
        message: `${first.path} is promised in two ways`,
        statements: [first, other].map(({ definition, at }) => ({ says: show(definition), at })),
        fix: `Decide how ${first.path} is called, and write it in one API block.`,
      },
    ];
  });
}

function differ(one: FunctionDefinition, other: FunctionDefinition): boolean {
  return compareFunctions(one, other).errors.length > 0;
}

function show({ async: isAsync, name, parameters }: FunctionDefinition): string {
  const list = parameters.map(
    (each) =>
      `${each.kind === "rest" ? "*" : each.kind === "keyword-rest" ? "**" : ""}${each.name}${each.default ? "=…" : ""}`,
  );
  return `${isAsync ? "async " : ""}${name}(${list.join(", ")})`;
}
