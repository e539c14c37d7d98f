import type { FoundMention, FoundSection, FoundSymbol } from "./scan.ts";

/** More places than these are not kept for one file. */
const mostMentions = 200;
const mostText = 200;

/** The ids that specifications give: `FR-1`, `FR-001`, `NFR2`, `FR-AUTH-3`. Only capitals: `fr-1` may be anything. */
const mention =
  /(?<![\w-])(N?FR|REQ|BR|UR|SR)((?:[-_][A-Z][A-Z0-9]{0,15}){0,3})[-_ ]?(\d{1,9}(?:\.\d{1,4}){0,3})(?!\w)/y;
/** What each of them holds, to be looked for without a pattern. `NFR` is found by the last two letters. */
const words = ["FR", "REQ", "BR", "UR", "SR"];
/** As tests are called: `test_fr_1_keeps_the_order`. */
const inTestName = /^test_(?:\w*_)?(n?fr|req)_?(\d{1,9})(?=_|$)/;

/**
 * The places in a text that name a requirement: each id once for each definition or heading that it stands in.
 * @param text of the whole file
 * @param found its definitions or headings, in the order of the text; tests whose names hold an id count, too
 */
export function mentionsIn(
  text: string,
  found: readonly (FoundSymbol | FoundSection)[],
): readonly FoundMention[] {
  const mentions: FoundMention[] = [];
  const seen = new Set<string>();
  const add = (one: FoundMention): void => {
    const key = `${one.id} ${one.name}`;
    if (seen.has(key) || mentions.length >= mostMentions) return;
    seen.add(key);
    mentions.push(one);
  };
  let line = 1;
  let lineStart = 0;
  let lineEnd = endOfLine(text, 0);
  let next = 0;
  for (const at of placesOf(text)) {
    if (mentions.length >= mostMentions) break;
    mention.lastIndex = at;
    const match = mention.exec(text);
    if (match === null) continue;
    while (lineEnd < at) {
      line++;
      lineStart = lineEnd + 1;
      lineEnd = endOfLine(text, lineStart);
    }
    while ((found[next]?.line ?? Number.POSITIVE_INFINITY) <= line) next++;
    const head = text.slice(lineStart, Math.min(lineEnd, lineStart + mostText));
    const [, prefix = "", area = "", digits = ""] = match;
    const id = normalise(prefix, area, digits);
    add({ kind: "mention", line, id, name: ownerOf(head, found[next - 1], found[next]), doc: head.trim() });
  }
  for (const one of found) {
    const { kind, line: at, name } = one;
    if ((kind !== "function" && kind !== "method") || !(name.includes("fr") || name.includes("req")))
      continue;
    const [, prefix, digits] = inTestName.exec(name.slice(name.lastIndexOf(".") + 1)) ?? [];
    if (prefix === undefined || digits === undefined) continue;
    add({ kind: "mention", line: at, id: normalise(prefix, "", digits), name, doc: one.signature });
  }
  return mentions;
}

/** Where an id may begin, in the order of the text. */
function placesOf(text: string): readonly number[] {
  const places: number[] = [];
  for (const word of words) {
    for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) {
      const behind = text.charCodeAt(at + word.length);
      // space, hyphen, underscore, a digit
      const goesOn = behind === 32 || behind === 45 || behind === 95 || (behind >= 48 && behind <= 57);
      if (goesOn) places.push(word === "FR" && text[at - 1] === "N" ? at - 1 : at);
    }
  }
  return places.toSorted((a, b) => a - b);
}

/** A decorator belongs to what follows it; a line that is not indented, to nothing before it but its own definition. */
function ownerOf(
  text: string,
  before: FoundSymbol | FoundSection | undefined,
  after: FoundSymbol | FoundSection | undefined,
): string {
  if (before?.kind === "section") return before.name;
  const first = text.trimStart();
  if (first.startsWith("@")) return after?.name ?? "";
  return /^(?:\s|def\b|class\b|async\b)/.test(text) ? (before?.name ?? "") : "";
}

/** The form in which specifications are read: `FR1`, `FR-1` and `FR-001` are all `FR-1`. */
function normalise(prefix: string, area: string, digits: string): string {
  const numbers = digits.split(".").map((part) => part.replace(/^0+(?=\d)/, ""));
  return `${prefix}${area.replaceAll("_", "-")}-${numbers.join(".")}`.toUpperCase();
}

/** Where the line ends that begins or goes on at a place. */
function endOfLine(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end < 0 ? text.length : end;
}
