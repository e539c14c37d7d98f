import type { SpecDoc } from "@towpath/core";
import { parseSpec } from "./parse-spec.ts";

let last: { readonly text: string; readonly file: string; readonly doc: SpecDoc } | undefined;

/**
 * `parseSpec`, remembering the last document: the command line and each gate read the same specification, one after
 * the other, and parsing it is the dearest part of all three. The same text gives the same document.
 * @throws {Breakage} as `parseSpec`
 */
export function parseOnce(text: string, file: string): SpecDoc {
  if (last?.text !== text || last.file !== file) last = { text, file, doc: parseSpec(text, file) };
  return last.doc;
}
