import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
} from "yaml";
import { TowpathError } from "../errors.ts";

/** Depth past which a configuration is refused. */
const deepest = 32;

/** Keys that can change objects that are not theirs, or make another tool run code. */
const forbidden: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype", "$import"]);

/** The tags of YAML 1.2's core schema; others make merge keys, dates or bytes. */
const coreTags: ReadonlySet<string> = new Set(
  ["map", "seq", "str", "null", "bool", "int", "float"].map((name) => `tag:yaml.org,2002:${name}`),
);

/** A parsed document with positions. */
export interface ParsedYaml {
  readonly value: unknown;
  /** Line and column (1-based) of a key path, if the document has it. */
  position(
    path: readonly (string | number)[],
  ): { readonly line: number; readonly column: number } | undefined;
}

/**
 * Parses YAML 1.2 (and JSON, which it contains) with positions. Duplicate keys, unknown tags, merge keys, forbidden
 * names, deep nesting and alias bombs are refused.
 * @param file path for messages
 * @throws {TowpathError} TP1202 or TP1204 with file, line and column
 */
export function parseYaml(text: string, file: string): ParsedYaml {
  const counter = new LineCounter();
  refuseDepth(text, file);
  // `yaml` looks for duplicates in quadratic time; `refuseNames` does it in one pass.
  const document = parseDocument(text, {
    lineCounter: counter,
    uniqueKeys: false,
    version: "1.2",
    merge: false,
  });
  const place = (offset: number): string => {
    const { line, col } = counter.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  const problem = document.errors[0] ?? document.warnings[0];
  if (problem) throw unreadable(firstLine(problem.message), place(problem.pos[0]));
  if (document.directives?.yaml.explicit === true && document.directives.yaml.version !== "1.2") {
    // It would bring back what 1.2 left out: `no` as false, 08:30 as a number, merge keys.
    throw unreadable(`YAML ${document.directives.yaml.version} is not read, only 1.2`, `${file}:1:1`);
  }
  refuseNames(document, place);
  try {
    const value: unknown = document.toJS({ maxAliasCount: 20 });
    return { value, position: (path) => positionOf(document, counter, path) };
  } catch (error) {
    throw unreadable(error instanceof Error ? firstLine(error.message) : String(error), file);
  }
}

/** A parser recurses; a text with a thousand open brackets is refused before it gets there. */
function refuseDepth(text: string, file: string): void {
  let depth = 0;
  let line = 1;
  for (const char of text) {
    if (char === "\n") line += 1;
    else if (char === "[" || char === "{") depth += 1;
    else if (char === "]" || char === "}") depth = Math.max(0, depth - 1);
    if (depth > deepest * 4)
      throw unreadable(`nested more than ${deepest * 4} levels deep`, `${file}:${line}`);
  }
  const block = text.split("\n").findIndex((row) => /^\s*(?:[-?:] ){33}/.test(row) || /^ {200}/.test(row));
  if (block >= 0) throw unreadable(`nested more than ${deepest} levels deep`, `${file}:${block + 1}`);
}

function refuseNames(document: Document, place: (offset: number) => string): void {
  visit(document, {
    Node(_, node, path) {
      if (path.filter((parent) => isCollection(parent)).length > deepest) {
        throw unreadable(`nested more than ${deepest} levels deep`, place(start(node)));
      }
      if (isAlias(node)) {
        const named = node.resolve(document);
        if (named === undefined) throw unreadable(`nothing is named &${node.source}`, place(start(node)));
        if (path.includes(named))
          throw unreadable("an alias stands inside what it names", place(start(node)));
      }
      if (!isAlias(node) && node.tag !== undefined && !coreTags.has(node.tag)) {
        throw unreadable(`the tag ${node.tag} is not known`, place(start(node)));
      }
      if (!isMap(node)) return;
      const seen = new Set<string>();
      for (const { key } of node.items) {
        const at = place(start(key as Node));
        if (!isScalar(key) || typeof key.value === "object")
          throw unreadable("a key must be a plain word", at);
        const name = String(key.value);
        if (forbidden.has(name))
          throw new TowpathError("TP1204", { message: `the key ${name} is refused`, where: [at] });
        if (seen.has(name)) throw unreadable(`the key ${name} is given twice`, at);
        seen.add(name);
      }
    },
  });
}

function positionOf(
  document: Document,
  counter: LineCounter,
  path: readonly (string | number)[],
): { readonly line: number; readonly column: number } | undefined {
  let node: unknown = document.contents;
  let place = node;
  for (const step of path) {
    const parent = isAlias(node) ? node.resolve(document) : node;
    const pair = isMap(parent)
      ? parent.items.find(({ key }) => isScalar(key) && String(key.value) === String(step))
      : undefined;
    node = pair?.value ?? (isSeq(parent) ? parent.get(Number(step), true) : undefined);
    place = pair?.key ?? node;
  }
  if (!isNode(place)) return undefined;
  const { line, col } = counter.linePos(start(place));
  return { line, column: col };
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "range" in value;
}

function start(node: Node): number {
  return node.range?.[0] ?? 0;
}

function unreadable(message: string, where: string): TowpathError {
  return new TowpathError("TP1202", { message, where: [where] });
}

function firstLine(message: string): string {
  return message.split("\n", 1)[0] ?? message;
}
