import type { Prose } from "@towpath/core";
import type { Nodes, Root } from "mdast";
import { placeAt, type Source } from "./source.ts";

const left = 0;
const kept = 1;
const hidden = 2;

/** Stands for each character of code, links, images, footnote marks and HTML comments inside running text. */
const hiddenSign = "\uFFFC";

/**
 * The running text of a document, line by line as it stands in the file: of paragraphs, headings, table cells and HTML.
 * @param text the text that `root` was parsed from
 */
export function proseOf(source: Source, text: string, root: Root): readonly Prose[] {
  const use = new Uint8Array(text.length);
  markUse(root, text, use);
  const prose: Prose[] = [];
  let offset = 0;
  source.lines.forEach((line, index) => {
    const marks = use.subarray(offset, offset + line.length);
    const start = marks.indexOf(kept);
    if (start >= 0) {
      const end = marks.lastIndexOf(kept) + 1;
      prose.push({ text: shown(line, marks, start, end), at: placeAt(source, index + 1, start, end) });
    }
    offset += line.length + 1;
  });
  return prose;
}

function markUse(node: Nodes, text: string, use: Uint8Array): void {
  const start = node.position?.start.offset;
  const end = node.position?.end.offset;
  if (start !== undefined && end !== undefined) {
    if (isTextBlock(node)) use.fill(kept, start, end);
    else if (isHidden(node)) use.fill(hidden, start, end);
    if (node.type === "html") {
      for (const comment of text.slice(start, end).matchAll(/<!--[^]*?(?:-->|$)/g)) {
        use.fill(hidden, start + comment.index, start + comment.index + comment[0].length);
      }
    }
  }
  if ("children" in node) for (const child of node.children) markUse(child, text, use);
}

function isTextBlock({ type }: Nodes): boolean {
  return type === "paragraph" || type === "heading" || type === "tableCell" || type === "html";
}

function isHidden({ type }: Nodes): boolean {
  return (
    type === "inlineCode" ||
    type === "link" ||
    type === "linkReference" ||
    type === "image" ||
    type === "imageReference" ||
    type === "footnoteReference"
  );
}

function shown(line: string, marks: Uint8Array, start: number, end: number): string {
  let result = "";
  for (let index = start; index < end; index++) {
    const character = String.fromCodePoint(line.codePointAt(index) ?? 0x20);
    result += marks[index] === kept ? character : marks[index] === left ? " " : hiddenSign;
    index += character.length - 1;
  }
  return result;
}
