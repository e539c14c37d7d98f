import type { Ears, EarsPattern, Modal } from "@towpath/core";

/** A longer statement is none that a reader takes in, and none that is taken apart. */
const longest = 2_000;

const modalWords: Readonly<Record<string, Modal>> = {
  must: "must",
  shall: "must",
  required: "must",
  should: "should",
  recommended: "should",
  may: "may",
  optional: "may",
};

const negated: Readonly<Record<Modal, Modal>> = {
  must: "must-not",
  "must-not": "must-not",
  should: "should-not",
  "should-not": "should-not",
  // What one may not do is forbidden.
  may: "must-not",
};

/** From the strongest to the weakest. */
const strength: readonly Modal[] = ["must", "must-not", "should", "should-not", "may"];

const binding = /\b(MUST|SHALL|REQUIRED|SHOULD|RECOMMENDED|MAY|OPTIONAL)\b(?: {1,3}(NOT|NEVER)\b)?/g;
// A lower-case "should" or "may" is prose; "shall" and "must" bind in the shape of EARS whatever their case.
const verb = /\b([Mm]ust|MUST|[Ss]hall|SHALL|SHOULD|MAY)\b(?:\s{1,3}(not|NOT|never|NEVER)\b)?/g;
const keyword = /^(?:and\s+)?(where|while|when|whenever|if)\s+/i;

/**
 * The strongest word of RFC 2119 in a text, or undefined when it has none. Only capitals count (RFC 8174).
 * @example modalOf("It SHOULD answer and MUST NOT block") // "must-not"
 */
export function modalOf(text: string): Modal | undefined {
  const found = new Set(
    Array.from(text.matchAll(binding), ([, word = "", not]) => modalFor(word, not !== undefined)),
  );
  return strength.find((modal) => found.has(modal));
}

/**
 * Takes a statement of EARS apart: `Where F, while P, when T, the S shall R`, each part but the last optional, in this
 * order, with `If T, then` in place of `When T`. Case does not matter; nor does a comma before `then`. A statement
 * without keywords is ubiquitous.
 * @returns undefined for anything else, and for more than 2,000 characters
 * @example parseEars("When a book is put, the shelf shall count it.")
 *   // { pattern: "event", features: [], states: [], trigger: "a book is put", modal: "must", subject: "shelf", response: "count it" }
 */
export function parseEars(sentence: string): Ears | undefined {
  const text = sentence.length > longest ? "" : sentence.trim().replace(/[.;]$/, "");
  const from = keyword.test(text) ? endOfConditions(text) : 0;
  if (from === undefined) return undefined;
  verb.lastIndex = from;
  const match = verb.exec(text);
  if (match === null) return undefined;
  const [whole, word = "", not] = match;
  const response = text.slice(match.index + whole.length).trim();
  const clauses = clausesOf(text.slice(0, match.index));
  if (response === "" || clauses === undefined) return undefined;
  const { subject, conditions } = clauses;
  const shape = shapeOf(conditions);
  return shape && { ...shape, modal: modalFor(word, not !== undefined), subject, response };
}

interface Condition {
  readonly word: string;
  readonly text: string;
}

function modalFor(word: string, not: boolean): Modal {
  const modal = modalWords[word.toLowerCase()] ?? "may";
  return not ? negated[modal] : modal;
}

/** A condition may itself say "must"; the verb of the statement stands after `, the`, `then`, or else a comma. */
function endOfConditions(text: string): number | undefined {
  const end = text.search(/,\s{1,3}the\s|\bthen\b/i);
  const comma = text.indexOf(",");
  if (end < 0) return comma < 0 ? undefined : comma;
  return end;
}

/** What stands before the verb: conditions, and at last the subject. */
function clausesOf(
  head: string,
): { readonly subject: string; readonly conditions: readonly Condition[] } | undefined {
  const pieces = head.split(/,\s*|\s+(?=then\b)/i).map((piece) => piece.trim());
  const subject =
    pieces
      .pop()
      ?.replace(/^(?:then|and)\s+/i, "")
      .replace(/^the\s+/i, "") ?? "";
  if (subject === "" || keyword.test(`${subject} `) || subject.split(/\s+/).length > 12) return undefined;
  const conditions: { word: string; text: string }[] = [];
  for (const piece of pieces) {
    if (piece === "") continue;
    const [lead, word] = keyword.exec(piece) ?? [];
    const open = conditions.at(-1);
    if (lead !== undefined && word !== undefined)
      conditions.push({ word: word.toLowerCase(), text: piece.slice(lead.length) });
    else if (open !== undefined) open.text += `, ${piece}`;
    else return undefined;
  }
  return { subject, conditions };
}

const order: readonly (readonly string[])[] = [["where"], ["while"], ["when", "whenever", "if"]];

function shapeOf(
  conditions: readonly Condition[],
): Pick<Ears, "pattern" | "features" | "states" | "trigger"> | undefined {
  const ranks = conditions.map(({ word }) => order.findIndex((words) => words.includes(word)));
  const inOrder = ranks.every((rank, index) => index === 0 || rank >= (ranks[index - 1] ?? 0));
  const triggers = conditions.filter((_, index) => ranks[index] === 2);
  if (!inOrder || triggers.length > 1) return undefined;
  const [trigger] = triggers;
  const textsOf = (rank: number): readonly string[] =>
    conditions.filter((_, index) => ranks[index] === rank).map(({ text }) => text);
  return {
    pattern: patternOf(conditions),
    features: textsOf(0),
    states: textsOf(1),
    ...(trigger === undefined ? {} : { trigger: trigger.text }),
  };
}

function patternOf(conditions: readonly Condition[]): EarsPattern {
  const [first, second] = conditions;
  if (first === undefined) return "ubiquitous";
  if (second !== undefined) return "complex";
  if (first.word === "if") return "unwanted";
  if (first.word === "while") return "state";
  return first.word === "where" ? "optional" : "event";
}
