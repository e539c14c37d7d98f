import type { SpecDoc } from "@towpath/core";
import { gherkinFor } from "./gherkin.ts";
import { parseSpec } from "./parse-spec.ts";

let last: { readonly text: string; readonly file: string; readonly doc: SpecDoc } | undefined;

/**
 * `parseSpec`, remembering the last document: the command line and each gate read the same specification, one after
 * the other, and parsing it is the dearest part of all three. The same text gives the same document. The parser of
 * Gherkin is loaded if the text needs it.
 * @throws {Breakage} as `parseSpec`
 */
export async function parseOnce(text: string, file: string): Promise<SpecDoc> {
  const known = last;
  if (known?.text === text && known.file === file) return known.doc;
  const doc = parseSpec(text, file, undefined, await gherkinFor(text, file));
  last = { text, file, doc };
  return doc;
}
