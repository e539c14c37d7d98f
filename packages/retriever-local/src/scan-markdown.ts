import type { FoundSection } from "./scan.ts";

const mostDoc = 300;
const mostTitle = 200;

/**
 * The headings of a Markdown text with the first lines below each. Headings in fenced blocks are none.
 * @example scanMarkdown("# Shelf\nKeeps books.\n") // [{ kind: "section", line: 1, name: "Shelf", doc: "Keeps books." }]
 */
export function scanMarkdown(text: string): readonly FoundSection[] {
  const found: FoundSection[] = [];
  let title: { readonly line: number; readonly name: string } | undefined;
  let doc = "";
  let fence = "";
  let line = 0;
  const close = (): void => {
    if (title !== undefined) found.push({ kind: "section", ...title, doc: doc.trim() });
  };
  for (let at = 0; at < text.length;) {
    const end = text.indexOf("\n", at);
    const stop = end < 0 ? text.length : end;
    line++;
    const start = text.slice(at, Math.min(stop, at + 2 * mostDoc)).trim();
    at = stop + 1;
    const marks = /^(?:`{3,}|~{3,})/.exec(start)?.[0] ?? "";
    if (fence !== "") {
      if (marks.startsWith(fence)) fence = "";
    } else if (marks !== "") fence = marks;
    else {
      const name = /^#{1,6}[ \t]+(.*)$/.exec(start)?.[1];
      if (name === undefined) {
        if (doc.length < mostDoc) doc = `${doc}${start}\n`.slice(0, mostDoc);
        continue;
      }
      close();
      title = { line, name: name.replace(/[ \t]+#+$/, "").slice(0, mostTitle) };
      doc = "";
    }
  }
  close();
  return found;
}
