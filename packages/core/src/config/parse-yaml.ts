import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isScalar,
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
      if (!isAlias(node) && node.tag !== undefined && !node.tag.startsWith("tag:yaml.org,2002:")) {
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
  const last = path.at(-1);
  const parent: unknown = path.length < 2 ? document.contents : document.getIn(path.slice(0, -1), true);
  const pair = isMap(parent)
    ? parent.items.find(({ key }) => isScalar(key) && String(key.value) === String(last))
    : undefined;
  const node: unknown = path.length === 0 ? document.contents : (pair?.key ?? document.getIn(path, true));
  if (!isNode(node)) return undefined;
  const { line, col } = counter.linePos(start(node));
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
