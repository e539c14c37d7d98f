import type { Nodes, PhrasingContent, Root } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { frontmatterFromMarkdown } from "mdast-util-frontmatter";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { frontmatter } from "micromark-extension-frontmatter";
import { gfm } from "micromark-extension-gfm";

/** Parses GitHub-flavoured Markdown with YAML front matter. Its time can grow with the square of a hostile text. */
export function parseMarkdown(text: string): Root {
  return fromMarkdown(text, {
    extensions: [gfm(), frontmatter()],
    mdastExtensions: [gfmFromMarkdown(), frontmatterFromMarkdown()],
  });
}

/** What a reader sees of some nodes, on one line: without marks, HTML and images. */
export function textOf(nodes: readonly Nodes[]): string {
  return nodes.map(visibleText).join("").replaceAll(/\s+/g, " ").trim();
}

/** Whether a node is bold text. */
export function isStrong(
  node: PhrasingContent | undefined,
): node is Extract<PhrasingContent, { type: "strong" }> {
  return node?.type === "strong";
}

function visibleText(node: Nodes): string {
  if (node.type === "html" || node.type === "yaml") return "";
  if (node.type === "break") return " ";
  if ("value" in node) return node.value;
  if ("children" in node) return node.children.map(visibleText).join(isBlockParent(node) ? " " : "");
  return "";
}

function isBlockParent(node: Nodes): boolean {
  return node.type === "list" || node.type === "listItem" || node.type === "blockquote";
}
