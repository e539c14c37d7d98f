import { excerpt } from "@towpath/kit";
import { compareFunctions } from "./compare-functions.ts";
import type { ClassDefinition, Definition, FunctionDefinition } from "./definitions.ts";
import { lineage, membersCalled } from "./lineage.ts";
import { isClass, type Located, type SourceIndex } from "./source-index.ts";

/** A point in which the code is not what the specification promises. */
export interface Mismatch {
  /** A `warning` where it cannot be told, or only an annotation differs. */
  readonly level: "error" | "warning";
  readonly message: string;
  /** How many differences the message lists. */
  readonly differences: number;
  /** The line of the promise in its block. */
  readonly promisedLine: number;
  /** The place in the code, if there is one. */
  readonly code: { readonly file: string; readonly line: number } | undefined;
}

type Promised = ClassDefinition | FunctionDefinition;

/** The classes and functions that a specification promises among the definitions of a block. */
export function promisesOf(definitions: readonly Definition[]): readonly Promised[] {
  return definitions.filter((each) => each.type === "class" || each.type === "function");
}

/** How many classes, functions and methods are promised, nested ones included. */
export function countPromises(definitions: readonly Definition[]): number {
  return promisesOf(definitions).reduce(
    (sum, each) => sum + 1 + (each.type === "class" ? countPromises(each.members) : 0),
    0,
  );
}

/** Compares a promised class or function with the source. Where a name is defined several times, the closest counts. */
export function compareApi(promised: Promised, index: SourceIndex): readonly Mismatch[] {
  return compareWith(promised, promised.name, index.find(promised.name), index);
}

function compareWith(
  promised: Promised,
  name: string,
  found: readonly Located[],
  index: SourceIndex,
): readonly Mismatch[] {
  const label = `\`${excerpt(name, 120)}\``;
  const [first] = found;
  if (first === undefined) {
    return [mismatch("error", `the source defines no ${kindOf(promised)} ${label}`, promised, undefined)];
  }
  const attempts = found.flatMap((located): readonly (readonly Mismatch[])[] => {
    const { definition } = located;
    if (promised.type === "function" && definition.type === "function") {
      return [functionMismatches(promised, label, { ...located, definition })];
    }
    return promised.type === "class" && isClass(located)
      ? [classMismatches(promised, name, located, index)]
      : [];
  });
  const best = attempts.toSorted((a, b) => weight(a) - weight(b))[0];
  if (best !== undefined) return best;
  const opaque = found.find(({ definition }) => definition.type === "value" || definition.type === "import");
  if (opaque !== undefined) {
    const words = opaque.definition.type === "value" ? "a value" : "imported from elsewhere";
    return [
      mismatch(
        "warning",
        `${label} is ${words} in the code, so its definition was not compared`,
        promised,
        opaque,
      ),
    ];
  }
  return [
    mismatch(
      "error",
      `${label} is a ${first.definition.type} in the code, not a ${promised.type}`,
      promised,
      first,
    ),
  ];
}

function functionMismatches(
  promised: FunctionDefinition,
  label: string,
  located: Located<FunctionDefinition>,
): readonly Mismatch[] {
  const { errors, warnings } = compareFunctions(promised, located.definition);
  const say = (level: Mismatch["level"], words: readonly string[]): readonly Mismatch[] =>
    words.length === 0
      ? []
      : [mismatch(level, `${label} differs: ${words.join("; ")}`, promised, located, words.length)];
  return [...say("error", errors), ...say("warning", warnings)];
}

function classMismatches(
  promised: ClassDefinition,
  name: string,
  located: Located<ClassDefinition>,
  index: SourceIndex,
): readonly Mismatch[] {
  const { levels, unknown } = lineage(located, index);
  return promisesOf(promised.members).flatMap((member) => {
    const path = `${name}.${member.name}`;
    const found = membersCalled(member.name, levels);
    const label = `\`${excerpt(path, 120)}\``;
    if (found.length > 0) return compareWith(member, path, found, index);
    if (unknown.length > 0) {
      const bases = unknown.map((base) => `\`${excerpt(base, 80)}\``).join(", ");
      const message = `${label} may come from ${bases}, which is outside the source, so it was not compared`;
      return [mismatch("warning", message, member, located)];
    }
    if (located.definition.decorated && /^__\w+__$/.test(member.name)) {
      return [
        mismatch("warning", `${label} may be made by a decorator, so it was not compared`, member, located),
      ];
    }
    return [mismatch("error", `the class in the code has no ${kindOf(member)} ${label}`, member, located)];
  });
}

function mismatch(
  level: Mismatch["level"],
  message: string,
  promised: Promised,
  located: Located | undefined,
  differences = 1,
): Mismatch {
  const code = located && { file: located.file, line: located.definition.line };
  return { level, message, differences, promisedLine: promised.line, code };
}

function kindOf({ type }: Promised): string {
  return type === "class" ? "class" : "function";
}

/** One error more is further off than any number of warnings. */
function weight(mismatches: readonly Mismatch[]): number {
  return mismatches.reduce(
    (sum, { level, differences }) => sum + differences * (level === "error" ? 1_000 : 1),
    0,
  );
}
