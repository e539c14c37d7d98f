const filling: ReadonlySet<string> = new Set(
  "a an the then that this its it to be is are was been also any all each every of".split(" "),
);

/**
 * The words of a statement as they are compared: lower case, without articles, punctuation and the plural.
 * @example normal("The shelf's books are kept.") // "shelf book kept"
 */
export function normal(text: string): string {
  return (text.toLowerCase().match(/[\p{L}\p{N}][\p{L}\p{N}._/-]*/gu) ?? [])
    .map((word) => singular(word.replace(/[._/-]+$/, "")))
    .filter((word) => word !== "" && !filling.has(word))
    .join(" ");
}

function singular(word: string): string {
  if (word.length < 4 || !word.endsWith("s") || /(?:ss|us|is)$/.test(word)) return word;
  return word.slice(0, -1);
}
