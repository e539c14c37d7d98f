import type { Hit } from "@towpath/core";
import { excerpt } from "@towpath/kit";
import MiniSearch from "minisearch";
import type { Entry } from "./index-file.ts";
import type { Question, Questions } from "./questions.ts";
import { rowsOf } from "./rows.ts";
import type { Found } from "./scan.ts";
import { wordsOf } from "./words.ts";

/** What is looked for, and how. */
export interface SearchRequest {
  readonly questions: Questions;
  /** Most hits that are wanted. */
  readonly limit: number;
  /** Tells whether a file belongs to the component: what is found there comes first. */
  readonly isOwn: (path: string) => boolean;
}

/** A row that may be a hit. */
interface Candidate {
  readonly id: number;
  readonly path: string;
  readonly found: Found;
}

/** A row may be ranked only when it is among the first so many by the words that it shares with the questions. */
const mostCandidates = 1_500;
/** So many places that name a requirement come first; more of them only where nothing else is found. */
const mostPlaces = 5;
/** Each of them stands so much behind the one before, so that every requirement has its first before one has two. */
const placeStep = 0.01;
const mostText = 500;

/** A row that is a hit. */
interface Choice {
  readonly row: Candidate;
  readonly score: number;
  readonly requirements: Set<string>;
}

/** Exact names and ids come before everything else, and the component's own before those of others. */
const scores = { name: 1, ownId: 0.95, otherName: 0.9, words: 0.85, moreIds: 0.3, otherId: 0.25 };
/** How much less the words of other code count. */
const otherWords = 0.8;
/** What has a smaller part of the best score of its requirement is no hit. */
const least = 0.15;
/** From this part on, a definition that bears a name of the API belongs to a requirement by its words, too. */
const enough = 0.5;

/**
 * Ranks what an index holds. First come the definitions that bear a name of the API and the places that name a
 * requirement, then what shares words with the requirements. The order is the same for the same index.
 */
export function searchIndex(
  entries: readonly Entry[],
  { questions, limit, isOwn }: SearchRequest,
): readonly Hit[] {
  const chosen = new Map<string, Choice>();
  const add = (row: Candidate, score: number, requirement?: string): void => {
    const known = chosen.get(keyOf(row));
    const requirements = known?.requirements ?? new Set();
    if (requirement !== undefined) requirements.add(requirement);
    const isBetter = known === undefined || known.score < score;
    chosen.set(keyOf(row), isBetter ? { row, score, requirements } : known);
  };
  const rows = candidatesOf(entries);
  for (const row of rows) {
    const requirements = row.found.kind === "mention" ? undefined : namedBy(row.found, questions.names);
    if (requirements === undefined) continue;
    const score = isOwn(row.path) ? scores.name : scores.otherName;
    add(row, score);
    for (const requirement of requirements) add(row, score, requirement);
  }
  for (const { id } of questions.requirements) {
    const places = rows.filter(({ found }) => found.kind === "mention" && found.id === id);
    const own = places.filter(({ path }) => isOwn(path));
    for (const [index, row] of own.entries())
      add(row, index < mostPlaces ? scores.ownId - placeStep * index : scores.moreIds, id);
    // Every component counts its requirements from 1: elsewhere the same id is likely another requirement.
    for (const row of places) if (!isOwn(row.path)) add(row, scores.otherId, id);
  }
  for (const { row, score, requirement } of byWords(rows, questions.requirements)) {
    const known = chosen.get(keyOf(row));
    // What names its requirements belongs to no others.
    if (known?.row.found.kind === "mention") continue;
    if (known !== undefined && known.score > scores.words && score < enough) continue;
    add(row, scores.words * score * (isOwn(row.path) ? 1 : otherWords), requirement);
  }
  const order = questions.requirements.map(({ id }) => id);
  return [...chosen.values()]
    .toSorted(inOrder)
    .slice(0, Math.max(0, limit))
    .map((choice) => hitOf(choice, order));
}

/** A definition and a place that names a requirement in it are one hit. */
function keyOf({ path, found }: Candidate): string {
  return `${path}\n${found.kind === "mention" && found.name === "" ? found.line : found.name}`;
}

function candidatesOf(entries: readonly Entry[]): readonly Candidate[] {
  let id = 0;
  return entries.flatMap(({ path, rows }) =>
    rowsOf(rows.toString("utf8")).map((found): Candidate => ({ id: id++, path, found })),
  );
}

/** The requirements of the API name that a definition bears; `undefined` when it bears none. */
function namedBy({ name }: Found, names: Questions["names"]): readonly string[] | undefined {
  return name === "" ? undefined : names.get(name);
}

interface Ranked {
  readonly row: Candidate;
  /** 0 to 1 within its requirement. */
  readonly score: number;
  readonly requirement: string;
}

/** Ranks rows for each requirement by their words. Only the likeliest rows are ranked: an index of all costs more. */
function byWords(rows: readonly Candidate[], questions: readonly Question[]): readonly Ranked[] {
  const wanted = new Set(questions.flatMap(({ words }) => [...words.keys()]));
  const chosen = likeliest(rows, wanted);
  const index = new MiniSearch<ReturnType<typeof documentOf>>({
    fields: ["name", "doc", "path"],
    tokenize: (text) => text.split(" "),
    processTerm: (term) => term || null,
  });
  index.addAll(chosen.map(documentOf));
  const byId = new Map(chosen.map((row) => [row.id, row]));
  return questions.flatMap(({ id: requirement, words }) => {
    const found = index.search([...words.keys()].join(" "), {
      boost: { name: 3, doc: 1, path: 0.5 },
      boostTerm: (term) => words.get(term) ?? 1,
      prefix: (term) => term.length > 3,
    });
    const all = [...words.values()].reduce((sum, weight) => sum + weight, 0);
    const best = Math.max(...found.map(({ score }) => score), Number.MIN_VALUE);
    return found.flatMap(({ id, score, queryTerms }) => {
      const row = byId.get(id as number);
      // A row that shares few of many words with a requirement is a poor answer, though there be no better one.
      const share = queryTerms.reduce((sum, term) => sum + (words.get(term) ?? 0), 0) / all;
      const part = (score / best) * Math.sqrt(share);
      return row === undefined || part < least ? [] : [{ row, score: part, requirement }];
    });
  });
}

/** The rows that share the rarest words with the questions, in their own order. */
function likeliest(rows: readonly Candidate[], wanted: ReadonlySet<string>): readonly Candidate[] {
  const frequency = new Map<string, number>();
  const shared = rows.flatMap((row) => {
    if (row.found.kind === "mention") return [];
    const words = new Set(wordsOf(`${row.found.name} ${row.found.doc}`).filter((word) => wanted.has(word)));
    for (const word of words) frequency.set(word, (frequency.get(word) ?? 0) + 1);
    return words.size === 0 ? [] : [{ row, words }];
  });
  const rarity = (word: string): number => Math.log(1 + rows.length / (frequency.get(word) ?? 1));
  return shared
    .map(({ row, words }) => ({ row, weight: [...words].reduce((sum, word) => sum + rarity(word), 0) }))
    .toSorted((a, b) => b.weight - a.weight || a.row.id - b.row.id)
    .slice(0, mostCandidates)
    .map(({ row }) => row)
    .toSorted((a, b) => a.id - b.id);
}

function documentOf({ id, path, found }: Candidate): {
  readonly id: number;
  readonly name: string;
  readonly doc: string;
  readonly path: string;
} {
  const words = (text: string): string => wordsOf(text).join(" ");
  return { id, name: words(found.name), doc: words(found.doc), path: words(path) };
}

function hitOf({ row: { path, found }, score, requirements }: Choice, order: readonly string[]): Hit {
  const kind = found.kind === "mention" ? "requirement" : found.kind === "section" ? "document" : "symbol";
  const symbol = found.kind === "module" ? moduleName(path) : found.name;
  const signature = "signature" in found ? found.signature : found.kind === "section" ? found.name : "";
  const text = [signature, found.doc.replaceAll(/\s+/g, " ").trim()].filter((part) => part !== "").join("\n");
  return {
    kind,
    path,
    line: found.line,
    ...(symbol === "" || found.kind === "section" ? {} : { symbol: excerpt(symbol, 200) }),
    text: excerpt(text, mostText),
    score: Math.round(score * 1_000) / 1_000,
    requirements: order.filter((id) => requirements.has(id)),
  };
}

/** @example moduleName("src/books/shelf.py") // "books.shelf" */
function moduleName(path: string): string {
  return path
    .replace(/^(?:src|lib)\//, "")
    .replace(/(?:\/__init__)?\.py$/, "")
    .replaceAll("/", ".");
}

function inOrder(a: Choice, b: Choice): number {
  return (
    b.score - a.score ||
    byCodeUnit(a.row.path, b.row.path) ||
    a.row.found.line - b.row.found.line ||
    a.row.id - b.row.id
  );
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
