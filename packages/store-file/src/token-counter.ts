import type { countTokens } from "gpt-tokenizer/encoding/cl100k_base";

/** Counts the tokens of a text. */
export type CountTokens = (text: string) => number;

/**
 * The tokenizer takes time that grows with the square of a piece that it cannot split, such as a line of dashes or a
 * text without spaces. Pieces of more characters than this count a token for each byte, which no text exceeds.
 */
const longestPiece = 128;

/** The same for a text of more characters than this: no session holds it anyway. */
const longestText = 1_000_000;

let loading: Promise<CountTokens> | undefined;

/**
 * Loads the tokenizer cl100k_base when it is first asked for. It counts exactly, in linear time; where it would take
 * long it counts too many, never too few. Text that looks like a control token counts as the text that it is.
 * @example const count = await tokenCounter(); count("hello world") // 2
 */
export function tokenCounter(): Promise<CountTokens> {
  loading ??= load();
  return loading;
}

async function load(): Promise<CountTokens> {
  const [{ countTokens: count, setMergeCacheSize }, { CL100K_TOKEN_SPLIT_REGEX: pieces }] = await Promise.all(
    [import("gpt-tokenizer/encoding/cl100k_base"), import("gpt-tokenizer/encodingParams/constants")],
  );
  setMergeCacheSize(10_000);
  return (text) => countWith(count, pieces, text);
}

const plain: Parameters<typeof countTokens>[1] = { disallowedSpecial: new Set<string>() };

function countWith(count: typeof countTokens, pieces: RegExp, text: string): number {
  if (text.length > longestText) return Buffer.byteLength(text);
  let tokens = 0;
  let from = 0;
  for (const { 0: piece, index } of text.matchAll(pieces)) {
    if (piece.length <= longestPiece) continue;
    tokens += count(text.slice(from, index), plain) + Buffer.byteLength(piece);
    from = index + piece.length;
  }
  return tokens + count(text.slice(from), plain);
}
