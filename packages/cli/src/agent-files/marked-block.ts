import { TowpathError } from "@towpath/core";

/** The line that begins our part of a file, and the one that ends it. */
export const marks: { readonly start: string; readonly end: string } = {
  start: "<!-- towpath:start -->",
  end: "<!-- towpath:end -->",
};

/**
 * The file with our part in place: where it has one, that is replaced; where it has none, it is added at the end. Every
 * byte outside the marks stays as it is, whatever it means. The part has the line ends of the file.
 * @param file the file as it is
 * @param part Markdown without the marks, ending in a line break
 * @param shown name of the file for messages
 * @throws {TowpathError} TP6402 when the marks are doubled or one is missing, or the file is UTF-16
 * @example withBlock(Buffer.from("# Ours\n"), "Text\n", "AGENTS.md")
 */
export function withBlock(file: Buffer, part: string, shown: string): Buffer {
  if (file.length >= 2 && ["fffe", "feff"].includes(file.subarray(0, 2).toString("hex")))
    throw broken(shown, "it is UTF-16", "Save it as UTF-8.");
  // One character per byte, so that nothing is lost that is no UTF-8.
  const text = file.toString("latin1");
  const eol = /\r?\n/.exec(text)?.[0] ?? "\n";
  const block = Buffer.from(`${marks.start}\n${part}${marks.end}`).toString("latin1").replaceAll("\n", eol);
  const [starts, ends] = [placesOf(text, marks.start), placesOf(text, marks.end)];
  const [start, end] = [starts[0], ends[0]];
  if (start === undefined && end === undefined) return Buffer.from(added(text, block, eol), "latin1");
  if (starts.length > 1 || ends.length > 1)
    throw broken(
      shown,
      "it has more than one part between our marks",
      `Keep one ${marks.start} … ${marks.end}.`,
    );
  if (start === undefined || end === undefined || end < start)
    throw broken(
      shown,
      "one of our marks is missing or out of place",
      `Put ${marks.start} before ${marks.end}.`,
    );
  return Buffer.from(text.slice(0, start) + block + text.slice(end + marks.end.length), "latin1");
}

/** Where a mark stands on a line of its own. */
function placesOf(text: string, mark: string): readonly number[] {
  return [...text.matchAll(new RegExp(`^${mark}[ \\t]*\\r?$`, "gm"))].map(({ index }) => index);
}

function added(text: string, block: string, eol: string): string {
  if (text === "") return `${block}${eol}`;
  const gap = text.endsWith(`${eol}${eol}`) ? "" : text.endsWith("\n") ? eol : `${eol}${eol}`;
  return `${text}${gap}${block}${eol}`;
}

function broken(shown: string, what: string, fix: string): TowpathError {
  return new TowpathError("TP6402", {
    message: `${shown} cannot be updated: ${what}`,
    where: [shown],
    fix: [fix, "towpath agents init"],
  });
}
