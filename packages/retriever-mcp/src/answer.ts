import type { Hit } from "@towpath/core";
import { excerpt } from "@towpath/kit";

const mostText = 2_000;

/**
 * The words of a server as the text of a hit: cut, without control characters, and marked as what it is.
 * @param from the retriever's name
 */
export function quoted(from: string, text: string): string {
  return `[answer of ${from}, unverified]\n${excerpt(text.trim(), mostText)}`;
}

/** Hits in the order of their scores, each place once, with the requirements of all that were the same. */
export function merged(hits: readonly Hit[]): readonly Hit[] {
  const byPlace = new Map<string, Hit>();
  for (const hit of hits) {
    const key = `${hit.path}\n${hit.line ?? ""}\n${hit.symbol ?? ""}`;
    const known = byPlace.get(key);
    const requirements = [...new Set([...(known?.requirements ?? []), ...hit.requirements])];
    byPlace.set(key, { ...(known ?? hit), requirements });
  }
  return [...byPlace.values()].toSorted((a, b) => b.score - a.score);
}
