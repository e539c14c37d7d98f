import type { Place } from "@towpath/core";
import { byPlace, type Conflict, type Party } from "./conflict.ts";
import { grouped } from "./grouped.ts";

/** What a name for a type stands for. `number` may be either kind. */
const types: Readonly<Record<string, readonly string[]>> = {
  int: ["int"],
  integer: ["int"],
  float: ["float", "int"],
  decimal: ["decimal"],
  number: ["int", "float", "decimal"],
  str: ["str"],
  string: ["str"],
  text: ["str"],
  bool: ["bool"],
  boolean: ["bool"],
  bytes: ["bytes"],
  list: ["list"],
  array: ["list"],
  dict: ["dict"],
  object: ["dict"],
  set: ["set"],
};
const names = Object.keys(types).join("|");

/** `copies` is an integer; a name of an API has an underscore or is named by its API block, too. */
const said = new RegExp(
  `(?<![\\w.])([a-z]\\w{0,60}) (?:is|are|MUST be|SHALL be|must be|shall be) (?:an? )?(${names})(?:s)?(?![\\w-])`,
  "g",
);
const annotated = new RegExp(
  `(?<![\\w.])([a-z]\\w{0,60})\\s{0,3}:\\s{0,3}(${names})(?![\\w[.(]|\\s{0,3}\\|)`,
  "g",
);

interface Typed {
  readonly name: string;
  readonly type: string;
  readonly at: Place;
}

/**
 * TP1123: a field of the API to which the text gives a type that no annotation of that name has, or to which two
 * requirements give types that no value can have both.
 */
export function typeConflicts(parties: readonly Party[]): readonly Conflict[] {
  const own = parties.filter(({ role }) => role === "own").map(({ doc }) => doc);
  const fields = own.flatMap((doc) =>
    doc.apiBlocks.flatMap(({ text, at }) =>
      text.split("\n").flatMap((line, index) => typesIn(annotated, line, { ...at, line: at.line + index })),
    ),
  );
  const named = new Set(fields.map(({ name }) => name));
  const isField = new Set(fields);
  const prose = own
    .flatMap((doc) =>
      doc.requirements.flatMap(({ title, text, criteria, at }) =>
        [{ text: `${title}\n${text}`, at }, ...criteria].flatMap((part) => typesIn(said, part.text, part.at)),
      ),
    )
    .filter(({ name }) => name.includes("_") || named.has(name));
  return grouped([...fields, ...prose].toSorted(byPlace), ({ name }) => name).flatMap((group) => {
    const declared = group.filter((each) => isField.has(each));
    const stated = group.filter((each) => !isField.has(each));
    const possible = new Set(declared.flatMap(({ type }) => types[type] ?? []));
    const against = stated.find(({ type }) => possible.size > 0 && !meets(type, possible));
    const pair = against === undefined ? opposed(stated) : [against, ...declared.slice(0, 1)];
    return pair.length < 2 ? [] : [conflict(pair.toSorted(byPlace))];
  });
}

function typesIn(pattern: RegExp, text: string, at: Place): readonly Typed[] {
  return Array.from(text.matchAll(pattern), ([, name = "", type = ""]) => ({ name, type, at }));
}

function meets(type: string, possible: ReadonlySet<string>): boolean {
  return (types[type] ?? []).some((each) => possible.has(each));
}

/** The first of the statements, and the first that no value can meet besides it. */
function opposed([first, ...others]: readonly Typed[]): readonly Typed[] {
  if (first === undefined) return [];
  const possible = new Set(types[first.type]);
  const other = others.find(({ type }) => !meets(type, possible));
  return other === undefined ? [] : [first, other];
}

function conflict(pair: readonly Typed[]): Conflict {
  const [{ name } = { name: "" }] = pair;
  return {
    code: "TP1123",
    kind: "contradiction",
    message: `no value of ${name} can have both types`,
    statements: pair.map(({ type, at }) => ({ says: type, at })),
    fix: `Decide on the type of ${name}, and correct the other place.`,
  };
}
