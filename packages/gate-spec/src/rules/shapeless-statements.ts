import type { SpecDoc } from "@towpath/core";
import { excerpt } from "@towpath/kit";
import type { Diagnostic } from "../diagnostic.ts";

/**
 * TP1109: a binding requirement without the shape of EARS, in a document that uses EARS elsewhere. Where nobody uses
 * it, nobody is told to. It never blocks.
 */
export function shapelessStatements({ form, requirements }: SpecDoc): readonly Diagnostic[] {
  const inUse = requirements.some(({ ears }) => ears.some(({ pattern }) => pattern !== "ubiquitous"));
  if (!inUse && form !== "kiro") return [];
  return requirements
    .filter(({ kind, ears, modal }) => kind === "functional" && ears.length === 0 && modal !== undefined)
    .map(({ id, title, at }) => ({
      code: "TP1109",
      level: "note",
      message: `${id} (${excerpt(title, 80)}) has no shape of EARS, as others of this document have`,
      at,
      fix: "Write: When <trigger>, the <component> shall <response>.",
    }));
}
