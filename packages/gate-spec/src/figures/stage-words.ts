import type { Target } from "@towpath/core";

const words = /\b(?:(dev(?:elopment)?)|(staging)|(prod(?:uction)?))\b(?!-)/gi;

/** A mention of a maturity in a text. */
export interface StageMention {
  readonly stage: Target;
  readonly start: number;
  readonly end: number;
}

/**
 * The maturities that a text mentions, in its order. "Stage" alone is none of them: "Development Stage" is about
 * development.
 * @example stagesIn("Staging → Production").map(({ stage }) => stage) // ["staging", "production"]
 */
export function stagesIn(text: string): readonly StageMention[] {
  return Array.from(text.matchAll(words), (match) => {
    const [whole, dev, staging] = match;
    const stage = dev !== undefined ? "dev" : staging !== undefined ? "staging" : "production";
    return { stage, start: match.index, end: match.index + whole.length };
  });
}

/**
 * The maturity that a heading or label is about: of a way from one to another it is the one that is reached.
 * @example stageOf("Staging → Production") // "production"
 */
export function stageOf(text: string): Target | undefined {
  const mentioned = stagesIn(text).map(({ stage }) => stage);
  const [first] = mentioned;
  if (new Set(mentioned).size <= 1) return first;
  return /→|->|=>|\bto\b/.test(text) && mentioned.length === 2 ? mentioned[1] : undefined;
}
