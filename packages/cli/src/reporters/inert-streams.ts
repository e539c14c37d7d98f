import type { Streams } from "./reporter.ts";

/**
 * Streams in which nothing is a command of GitHub's runner, of the form `::name::` or the old one, `##[name]`.
 * @param data whether standard output carries JSON: then it says the same in other characters
 */
export function inertStreams({ out, err }: Streams, data: boolean): Streams {
  return {
    // In JSON such a text can only stand in a string.
    out: (text) => out(data ? text.replaceAll("##[", String.raw`#\u0023[`) : inert(text)),
    err: (text) => err(inert(text)),
  };
}

/** The same text with no line that GitHub's runner would carry out. */
export function inert(text: string): string {
  return text.replaceAll(/^(\s*):(?=:)/gm, "$1: ").replaceAll("##[", "## [");
}
