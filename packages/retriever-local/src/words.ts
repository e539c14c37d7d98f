/** Words that say nothing about what code is for, in their shortened form. */
const empty: ReadonlySet<string> = new Set(
  (
    "a about above after all also an and any are as at be been before but by can case could do doe each either else for " +
    "from given ha had has hav how if in into is it its may mor most must never no non none not of on one only or other " +
    "our out over own per self shall should so some such than that the their them then there thes they thi thos to " +
    "true fals under until up upon was wer what when wher which whil who will with within without would you your return " +
    "def class str int bool flo dict list tup obj option import requirement system component"
  ).split(" "),
);

const ascii = /[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+/g;
const unicode = /\p{Lu}+(?!\p{Ll})|\p{Lu}?\p{Ll}+|\p{L}+|\p{N}+/gu;
// oxlint-disable-next-line no-control-regex -- the range is what is asked for
const isAscii = /^[\0-\u007f]*$/;

/**
 * The words of a text or a name, which is split by case and underscores: lower case, shortened to what their forms
 * share, without those that say nothing.
 * @example wordsOf("normalizeTitles of HTTPServer_2") // ["normaliz", "titl", "http", "server"]
 */
export function wordsOf(text: string): readonly string[] {
  const words: string[] = [];
  for (const part of text.match(isAscii.test(text) ? ascii : unicode) ?? []) {
    let word = known.get(part);
    if (word === undefined) {
      word = wordOf(part);
      if (known.size >= mostKnown) known.clear();
      known.set(part, word);
    }
    if (word !== "") words.push(word);
  }
  return words;
}

/** Words that were shortened before: an index repeats the same few thousand again and again. */
const known = new Map<string, string>();
const mostKnown = 50_000;

/** The shortened word; empty for one that says nothing. */
function wordOf(part: string): string {
  const word = shorten(part);
  return word.length > 1 && !empty.has(word) && !/^\d+$/.test(word) ? word : "";
}

/**
 * The part of an English word that its forms share; near enough for a search.
 * @example shorten("Stored") // "stor"
 */
function shorten(word: string): string {
  let short = word.toLowerCase();
  if (short.length > 4 && short.endsWith("ies")) short = `${short.slice(0, -3)}y`;
  else if (short.length > 3 && short.endsWith("s") && !/[sui]s$/.test(short)) short = short.slice(0, -1);
  const base = short.replace(/(?:ing|ed)$/, "");
  // `string` and `red` are no forms of `str` and `r`: what is left must be a word.
  if (base !== short && base.length > 2 && /[aeiouy]/.test(base))
    short = base.replace(/([^aeiouylsz])\1$/, "$1");
  if (short.length > 3) short = short.replace(/e$/, "");
  return short.replace(/(?<=.{4})is$/, "iz");
}
