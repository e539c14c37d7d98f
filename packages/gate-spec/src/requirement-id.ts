/** An id at the head of a title or sentence, and what follows it. */
export interface LeadingId {
  /** Normalised. */
  readonly id: string;
  readonly nonFunctional: boolean;
  readonly rest: string;
}

// Only words that are used for requirements: `UTF-8`, `SHA-256` and `RFC-2119` are no ids.
const prefix = "(NFR|FR|REQ|BR|UR|SR)";
const area = "((?:[-_][A-Z][A-Z0-9]{0,15}){0,3})";
// A letter after the number marks one that was added between two others: `FR-011a`.
const number = "(\\d{1,9}(?:\\.\\d{1,4}){0,3}[a-z]?)";
const leading = new RegExp(
  `^${prefix}${area}[-_ ]?${number}(?![\\w.]*\\w)\\s*(?:[:.)\\]]|[-–—](?=\\s|$))?\\s*`,
  "i",
);
// A single letter is an id only with punctuation after the number: `R1: text`, not `R2 storage`.
const leadingLetter = /^(R)()[-_ ]?(\d{1,9}(?:\.\d{1,4}){0,3})\s*(?::|[-–—](?=\s|$))\s*/i;
// The way of Kiro: `Requirement 3: Name`, also in other languages.
const leadingWord =
  /^(?:Requirement|Requisito|Requisite|Exigence|Anforderung|要件|需求|요구 ?사항)\s{0,3}#?(\d{1,9}(?:\.\d{1,4}){0,3})(?=[\s:.)\]]|$)(?![\w.]*\w)\s*(?:[:.)\]]|[-–—](?=\s|$))?\s*/i;
const mentionedWords =
  /\brequirements?:?\s{1,3}(\d{1,9}(?:\.\d{1,4}){0,3}(?:(?:,\s{0,3}|\s{1,3}and\s{1,3})\d{1,9}(?:\.\d{1,4}){0,3}){0,20})/gi;
const mention = new RegExp(`(?<![\\w-])${prefix}${area}[-_ ]?${number}(?!\\w)`, "gi");

/**
 * Reads the id at the head of a text.
 * @example leadingId("FR-001: Store books") // { id: "FR-1", nonFunctional: false, rest: "Store books" }
 */
export function leadingId(text: string): LeadingId | undefined {
  const counted = leadingWord.exec(text);
  if (counted !== null) {
    return {
      id: normalise("REQ", "", counted[1] ?? ""),
      nonFunctional: false,
      rest: text.slice(counted[0].length),
    };
  }
  const match = leading.exec(text) ?? leadingLetter.exec(text);
  if (match === null) return undefined;
  const [whole, word = "", middle = "", digits = ""] = match;
  return {
    id: normalise(word, middle, digits),
    nonFunctional: word.toUpperCase() === "NFR",
    rest: text.slice(whole.length),
  };
}

/**
 * The id that a text consists of, normalised. In a column of ids any prefix counts: `F-001`, `AUTH-3`.
 * @example wholeId("F-001") // "F-1"
 */
export function wholeId(text: string): string | undefined {
  const [, word = "", digits] =
    /^([A-Z][A-Z0-9]{0,15}(?:[-_][A-Z][A-Z0-9]{0,15}){0,3})[-_. ]?(\d{1,9}(?:\.\d{1,4}){0,3}[a-z]?)$/.exec(
      text,
    ) ?? [];
  return digits === undefined ? undefined : normalise(word.replace(/_/g, "-"), "", digits);
}

/** The normalised ids that a text mentions, each once. */
export function mentionedIds(text: string): readonly string[] {
  const ids = Array.from(text.matchAll(mention), ([, word = "", middle = "", digits = ""]) =>
    normalise(word, middle, digits),
  );
  const numbers = Array.from(text.matchAll(mentionedWords), ([, list = ""]) => list.split(/,|and/)).flat();
  return [...new Set([...ids, ...numbers.map((each) => normalise("REQ", "", each.trim()))])];
}

/**
 * An id for a requirement that has none: its words, joined by hyphens.
 * @param taken ids in use; the new one differs from them and is added
 * @param counts how often each id was wanted: a thousand equal titles are numbered without trying all numbers
 */
export function synthesiseId(
  title: string,
  taken: Set<string>,
  counts: Map<string, number> = new Map(),
): string {
  const words =
    title
      .normalize("NFKC")
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? [];
  const slug = words.join("-").slice(0, 60).replace(/-$/, "") || "requirement";
  let n = counts.get(slug) ?? 1;
  let id = n === 1 ? slug : `${slug}-${n}`;
  while (taken.has(id)) id = `${slug}-${++n}`;
  counts.set(slug, n);
  taken.add(id);
  return id;
}

function normalise(word: string, middle: string, digits: string): string {
  const numbers = digits.split(".").map((part) => part.replace(/^0+(?=\d)/, ""));
  return `${word}${middle.replaceAll("_", "-")}-${numbers.join(".")}`.toUpperCase();
}
