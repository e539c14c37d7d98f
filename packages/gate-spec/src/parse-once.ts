import type { SpecDoc } from "@towpath/core";
import { gherkinFor } from "./gherkin.ts";
import { parseSpec } from "./parse-spec.ts";

/** Most text of remembered documents, in UTF-16 units. */
const mostText = 4 * 1024 * 1024;

/** By file, the one read longest ago first. */
const known = new Map<string, { readonly text: string; readonly doc: SpecDoc }>();
let remembered = 0;

/**
 * `parseSpec`, remembering documents up to 4 Mi characters: the command line and each gate read the same specification,
 * and each component is compared with the documents of all others; parsing is the dearest part. The same text gives the
 * same document. The parser of Gherkin is loaded if the text needs it.
 * @throws {Breakage} as `parseSpec`
 */
export async function parseOnce(text: string, file: string): Promise<SpecDoc> {
  const last = known.get(file);
  const doc = last?.text === text ? last.doc : parseSpec(text, file, undefined, await gherkinFor(text, file));
  forget(file);
  known.set(file, { text, doc });
  remembered += text.length;
  for (const oldest of known.keys()) {
    if (remembered <= mostText || oldest === file) break;
    forget(oldest);
  }
  return doc;
}

function forget(file: string): void {
  remembered -= known.get(file)?.text.length ?? 0;
  known.delete(file);
}
