import type { Ears, Modal, Place } from "@towpath/core";
import { modalOf, parseEars } from "./ears.ts";
import type { LinedText } from "./lined-text.ts";
import { placeOfLine, type Source } from "./source.ts";

type PlacedEars = Ears & { readonly at: Place };

/** The sentences of a text that have the form of EARS, each at the line where it begins. */
export function earsIn(source: Source, { text, lineAt }: LinedText): readonly PlacedEars[] {
  return Array.from(sentencesIn(text)).flatMap(({ sentence, start }) => {
    const ears = parseEars(withComma(sentence));
    return ears === undefined ? [] : [{ ...ears, at: placeOfLine(source, lineAt(start)) }];
  });
}

/** Kiro writes `WHEN x THE SYSTEM SHALL y`: the capitals stand for the comma. */
function withComma(sentence: string): string {
  if (!/^(?:WHEN|WHENEVER|WHILE|WHERE|IF)\s/.test(sentence)) return sentence;
  const at = sentence.lastIndexOf(" THE ", sentence.indexOf(" SHALL "));
  return at < 0 || /(?:,|\bTHEN)$/.test(sentence.slice(0, at))
    ? sentence
    : `${sentence.slice(0, at)},${sentence.slice(at)}`;
}

/** The strongest word of RFC 2119 in a text; in statements of EARS it need not be in capitals. */
export function modalIn(text: string, ears: readonly Ears[]): Modal | undefined {
  return modalOf([text, ...ears.map(({ modal }) => capitals[modal])].join("\n"));
}

const capitals: Readonly<Record<Modal, string>> = {
  must: "MUST",
  "must-not": "MUST NOT",
  should: "SHOULD",
  "should-not": "SHOULD NOT",
  may: "MAY",
};

function* sentencesIn(text: string): Generator<{ readonly sentence: string; readonly start: number }> {
  let from = 0;
  // A stop ends a sentence when a capital, a quote or code follows; "e.g. this" does not end one.
  const ends = [...text.matchAll(/[.!?]\s+(?=[\p{Lu}"'“`(])/gu), { index: text.length, 0: "" }];
  for (const { index, 0: gap } of ends) {
    const piece = text.slice(from, index + Math.min(1, gap.length));
    const sentence = piece.replaceAll(/\s+/g, " ").trim();
    if (sentence !== "") yield { sentence, start: from + (piece.length - piece.trimStart().length) };
    from = index + gap.length;
  }
}
