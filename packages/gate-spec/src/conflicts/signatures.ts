import type { FunctionDefinition, Parameter } from "../api/definitions.ts";

/** A function or method of a block. */
export interface Signature {
  /** `Shelf.put` */
  readonly path: string;
  readonly definition: FunctionDefinition;
}

/** Longest head of a function, in characters. */
const longestHead = 4_000;

/** Functions of one block that are looked at. */
const mostFunctions = 500;

/**
 * The functions of Python text by their heads alone, so that no Python is needed. What cannot be read with certainty is
 * left out: a head with `...` among its parameters, one that does not end, a name that is defined twice.
 */
export function signaturesIn(text: string): readonly Signature[] {
  const found = new Map<string, Signature | undefined>();
  const classes: { readonly indent: number; readonly name: string }[] = [];
  let decorators: string[] = [];
  let offset = 0;
  let functions = 0;
  text.split("\n").forEach((line, index) => {
    const start = offset;
    offset += line.length + 1;
    const [, blank = "", word, name = ""] =
      /^(\s{0,60})(class|def|async def)\s+([A-Za-z_]\w{0,120})/.exec(line) ?? [];
    if (word === undefined) {
      const mark = /^\s*@([\w.]{1,120})/.exec(line)?.[1];
      if (mark !== undefined) decorators.push(mark);
      return;
    }
    while ((classes.at(-1)?.indent ?? -1) >= blank.length) classes.pop();
    const path = [...classes.map((each) => each.name), name].join(".");
    if (word === "class") classes.push({ indent: blank.length, name });
    else if (functions++ < mostFunctions) {
      const head = headOf(text.slice(start, start + longestHead));
      const signature = head && read(path, name, word === "async def", decorators, head, index + 1);
      found.set(path, found.has(path) ? undefined : signature);
    }
    decorators = [];
  });
  return [...found.values()].filter((each) => each !== undefined);
}

interface Head {
  readonly parameters: readonly string[];
  readonly returns: string | undefined;
}

/** The parameters between the brackets, and what follows up to the colon. */
function headOf(text: string): Head | undefined {
  const open = text.indexOf("(");
  if (open < 0) return undefined;
  let depth = 0;
  let quote = "";
  let from = open + 1;
  const parameters: string[] = [];
  for (let at = open; at < text.length; at++) {
    const character = text[at] ?? "";
    if (quote !== "") {
      if (character === quote) quote = "";
    } else if (character === '"' || character === "'") quote = character;
    else if (character === "#") return undefined;
    else if ("([{".includes(character)) depth++;
    else if (")]}".includes(character)) {
      depth--;
      if (depth > 0) continue;
      parameters.push(text.slice(from, at));
      const returns = /^\s*->\s*([^\n]{1,200}?):(?:\s|$)/.exec(text.slice(at + 1))?.[1];
      return { parameters: parameters.map((each) => each.trim()).filter((each) => each !== ""), returns };
    } else if (character === "," && depth === 1) {
      parameters.push(text.slice(from, at));
      from = at + 1;
    }
  }
  return undefined;
}

function read(
  path: string,
  name: string,
  isAsync: boolean,
  decorators: readonly string[],
  { parameters, returns }: Head,
  line: number,
): Signature | undefined {
  const known: Parameter[] = [];
  let kind: Parameter["kind"] = "positional";
  for (const text of parameters) {
    if (text === "*") kind = "keyword-only";
    else if (text === "/")
      known.forEach((each, index) => (known[index] = { ...each, kind: "positional-only" }));
    else {
      const [, stars = "", word, annotation] =
        /^(\*{0,2})([A-Za-z_]\w*)\s*(?::\s*([^=]+?))?\s*(?:=[^]*)?$/.exec(text) ?? [];
      if (word === undefined) return undefined;
      known.push({
        name: word,
        kind: stars === "**" ? "keyword-rest" : stars === "*" ? "rest" : kind,
        default: stars === "" && text.includes("="),
        annotation: annotation?.replaceAll(/\s+/g, "") ?? null,
      });
      if (stars === "*") kind = "keyword-only";
    }
  }
  const tails = decorators.map((mark) => mark.split(".").at(-1));
  if (tails.some((tail) => tail === "setter" || tail === "deleter" || tail === "overload")) return undefined;
  const binding = tails.includes("staticmethod")
    ? "static"
    : tails.includes("classmethod")
      ? "class"
      : tails.includes("property") || tails.includes("cached_property")
        ? "property"
        : "plain";
  return {
    path,
    definition: {
      type: "function",
      name,
      line,
      async: isAsync,
      binding,
      parameters: known,
      returns: returns?.replaceAll(/\s+/g, "") ?? null,
    },
  };
}
