import { Buffer } from "node:buffer";
import type { SpecDoc, SpecRequirement } from "@towpath/core";
import { scanPython } from "./scan-python.ts";
import { wordsOf } from "./words.ts";

/** What is asked about one requirement. */
export interface Question {
  /** Id of the requirement. */
  readonly id: string;
  /** How much each word counts. */
  readonly words: ReadonlyMap<string, number>;
}

/** What is asked about a specification. */
export interface Questions {
  readonly requirements: readonly Question[];
  /** Names of the API with the ids of the requirements that speak of them. */
  readonly names: ReadonlyMap<string, readonly string[]>;
  /** What of the specification is not asked about, in words; empty when nothing is left out. */
  readonly left: string;
}

/** More words than these of a requirement are not asked for: those of its title come first. */
const mostWords = 60;
/** More requirements or names than these are not asked about: each costs a search. */
const mostAsked = 500;

/** Makes questions of a specification: of each requirement's words, and of the names that its API blocks define. */
export function questionsOf(doc: SpecDoc): Questions {
  const requirements = doc.requirements.slice(0, mostAsked).map(questionOf);
  const all = doc.apiBlocks
    .flatMap(({ text }) => scanPython(Buffer.from(text)))
    .map(({ name }) => name)
    .filter((name) => name !== "");
  const names = all.slice(0, mostAsked);
  return {
    requirements,
    names: new Map(
      names.map((name) => [name, requirements.filter((one) => speaksOf(one, name)).map(({ id }) => id)]),
    ),
    left: [
      ...beyond(requirements.length, doc.requirements.length, "requirements"),
      ...beyond(names.length, all.length, "names of the API"),
    ].join("; "),
  };
}

function beyond(asked: number, all: number, what: string): readonly string[] {
  return asked === all ? [] : [`only the first ${asked} of ${all} ${what} were asked about`];
}

function questionOf(requirement: SpecRequirement): Question {
  const { id, title, text, criteria } = requirement;
  const words = new Map<string, number>();
  const add = (from: string, weight: number): void => {
    for (const word of wordsOf(from)) {
      if (words.size < mostWords || words.has(word)) words.set(word, Math.max(weight, words.get(word) ?? 0));
    }
  };
  add(title, 3);
  add(text, 1);
  for (const criterion of criteria) add(criterion.text, 1);
  return { id, words };
}

/** Whether all words of the last part of a name are among those of a requirement: `Shelf.put` by `put`. */
function speaksOf({ words }: Question, name: string): boolean {
  const own = wordsOf(name.slice(name.lastIndexOf(".") + 1));
  return own.length > 0 && own.every((word) => words.has(word));
}
