/**
 * A Python string literal on one line, in ASCII: whatever the text holds, it stays inside the quotes. As formatters do, it
 * takes double quotes unless single ones need fewer escapes.
 * @example pyString("it's\n") // "\"it's\\n\""
 */
export function pyString(text: string): string {
  const quote = text.split('"').length > text.split("'").length ? "'" : '"';
  let literal = "";
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (character === quote || character === "\\") literal += `\\${character}`;
    else if (code >= 0x20 && code < 0x7f) literal += character;
    else if (character === "\n") literal += "\\n";
    else literal += code > 0xff_ff ? `\\U${hex(code, 8)}` : `\\u${hex(code, 4)}`;
  }
  return `${quote}${literal}${quote}`;
}

/**
 * A text as the rest of a comment: one line of printable characters, cut.
 * @example pyComment("a\nimport os") // "a import os"
 */
export function pyComment(text: string, max = 160): string {
  const line = text
    .toWellFormed()
    .replaceAll(/[\p{C}\p{Z}]+/gu, " ")
    .trim();
  const characters = [...line];
  return characters.length <= max ? line : `${characters.slice(0, max).join("").trim()}…`;
}

/** A Python tuple of sources. @example pyTuple(["1"]) // "(1,)" */
export function pyTuple(sources: readonly string[]): string {
  return sources.length === 1 ? `(${sources[0]},)` : `(${sources.join(", ")})`;
}

/**
 * Words as a part of a Python identifier: lower-case ASCII letters, digits and single underscores.
 * @example pyWords("Stores a book!") // "stores_a_book"
 */
export function pyWords(text: string, max = 60): string {
  const words = text
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "_")
    .replaceAll(/^_+|_+$/g, "");
  return words.slice(0, max).replace(/_+$/, "") || "it";
}

/** Gives out names that differ from each other. */
export type Naming = (wanted: string) => string;

/** Makes a naming: a name that is taken gets a number. @example naming()("test_a") // "test_a" */
export function naming(): Naming {
  const taken = new Set<string>();
  return (wanted) => {
    let name = wanted;
    for (let n = 2; taken.has(name); n += 1) name = `${wanted}_${n}`;
    taken.add(name);
    return name;
  };
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, "0");
}
