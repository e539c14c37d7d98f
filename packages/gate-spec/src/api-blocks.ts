import type { ApiBlock } from "@towpath/core";
import type { RootContent } from "mdast";
import { everySection, type OutlineSection } from "./outline.ts";
import { placeAt, type Source } from "./source.ts";

/** The fenced `python` blocks below headings such as "API Design", those in lists included; examples are none. */
export function apiBlocksOf(source: Source, top: OutlineSection): readonly ApiBlock[] {
  return [...everySection(top)]
    .filter((section) => section.role === "api")
    .flatMap((section) => section.blocks.flatMap((block) => codeIn(source, block)));
}

type Block = RootContent;

function codeIn(source: Source, block: Block): readonly ApiBlock[] {
  if (block.type === "code" && isPython(block.lang) && block.position !== undefined) {
    return [{ text: block.value, at: placeAt(source, block.position.start.line + 1) }];
  }
  if (block.type === "list" || block.type === "listItem" || block.type === "blockquote") {
    return block.children.flatMap((child) => codeIn(source, child));
  }
  return [];
}

function isPython(lang: string | null | undefined): boolean {
  return /^(?:python|py|python3)$/i.test(lang ?? "");
}
