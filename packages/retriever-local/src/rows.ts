import type { Found } from "./scan.ts";

/** Stands between fields, of which a row has `width`. No text holds it: a file that does is taken for binary. */
const separator = "\0";
const width = 5;

const letters: Readonly<Record<Found["kind"], string>> = {
  module: "m",
  class: "c",
  function: "f",
  method: "d",
  constant: "k",
  section: "s",
  mention: "r",
};
const kinds: ReadonlyMap<string, Found["kind"]> = new Map(
  Object.entries(letters).map(([kind, letter]) => [letter, kind as Found["kind"]]),
);

/** What was found in a file, as one text. `rowsOf` reads it back. */
export function textOf(found: readonly Found[]): string {
  const fields: string[] = [];
  for (const one of found) {
    const middle = one.kind === "mention" ? one.id : one.kind === "section" ? "" : one.signature;
    fields.push(letters[one.kind], String(one.line), one.name, middle, one.doc);
  }
  return fields.join(separator);
}

/** Reads what `textOf` wrote. What is no row of it is left out. */
export function rowsOf(text: string): readonly Found[] {
  const fields = text.split(separator);
  const found: Found[] = [];
  for (let at = 0; at + width <= fields.length; at += width) {
    const [letter = "", digits, name = "", middle = "", doc = ""] = fields.slice(at, at + width);
    const kind = kinds.get(letter);
    const line = Number(digits);
    if (kind === undefined) continue;
    if (kind === "mention") found.push({ kind, line, id: middle, name, doc });
    else if (kind === "section") found.push({ kind, line, name, doc });
    else found.push({ kind, line, name, signature: middle, doc });
  }
  return found;
}
