import type { Nodes } from "mdast";

/** What a reader sees of some nodes, with its line breaks, and the lines of the file that it stands on. */
export interface LinedText {
  readonly text: string;
  /** The 1-based line of the file on which the character at an index of the text stands. */
  lineAt(index: number): number;
}

interface Piece {
  readonly start: number;
  readonly line: number;
}

/**
 * Reads nodes as `textOf` does, but keeps where each word stands.
 * @param write what to write for a node instead of its text; undefined leaves it to its text
 */
export function linedText(
  nodes: readonly Nodes[],
  write: (node: Nodes) => string | undefined = () => undefined,
): LinedText {
  const pieces: Piece[] = [];
  let text = "";
  const add = (node: Nodes, value: string): void => {
    const line = node.position?.start.line;
    if (line !== undefined) {
      let next = line;
      for (let start = 0; start >= 0; start = value.indexOf("\n", start) + 1 || -1) {
        pieces.push({ start: text.length + start, line: next++ });
      }
    }
    text += value;
  };
  const visit = (node: Nodes): void => {
    const written = write(node);
    if (written !== undefined) add(node, written);
    else if (node.type === "break") add(node, "\n");
    else if (node.type === "html" || node.type === "yaml") add(node, "");
    else if ("value" in node) add(node, node.value);
    else if ("children" in node) for (const child of node.children) visit(child);
  };
  for (const node of nodes) visit(node);
  return { text, lineAt: (index) => lineAt(pieces, index) };
}

/**
 * The end of a text, without what stands before it.
 * @param end the words of that end, on one line
 */
export function endOf(lined: LinedText, end: string): LinedText {
  let left = end.replaceAll(/\s/g, "").length;
  let start = lined.text.length;
  while (start > 0 && left > 0) if (!/\s/.test(lined.text[--start] ?? "")) left--;
  return { text: lined.text.slice(start), lineAt: (index) => lined.lineAt(start + index) };
}

function lineAt(pieces: readonly Piece[], index: number): number {
  let low = 0;
  let high = pieces.length;
  while (low + 1 < high) {
    const middle = (low + high) >> 1;
    if ((pieces[middle]?.start ?? 0) <= index) low = middle;
    else high = middle;
  }
  return pieces[low]?.line ?? 1;
}
