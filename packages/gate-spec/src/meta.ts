import type { Field } from "@towpath/core";
import type { Root, Yaml } from "mdast";
import { labelsOf } from "./labels.ts";
import type { OutlineSection } from "./outline.ts";
import { placeAt, placeOf, type Source } from "./source.ts";

/**
 * What a document says about itself: the top-level `key: value` lines of its front matter, and the `**Label:** value`
 * paragraphs above its first section.
 */
export function metaOf(source: Source, root: Root, top: OutlineSection): readonly Field[] {
  const frontMatter = root.children
    .filter((node) => node.type === "yaml")
    .flatMap((node) => yamlFields(source, node));
  const [title] = top.children;
  const heads = [...top.blocks, ...(top.children.length === 1 ? (title?.blocks ?? []) : [])];
  const labels = heads.flatMap((block) =>
    block.type === "paragraph"
      ? labelsOf(block).labels.map(({ label, value, node }) => ({
          label,
          value,
          at: placeOf(source, node, block),
        }))
      : [],
  );
  return [...frontMatter, ...labels];
}

/** Only flat fields are read, so no YAML parser is needed: the specification is not configuration. */
function yamlFields(source: Source, node: Yaml): readonly Field[] {
  const first = (node.position?.start.line ?? 0) + 1;
  return node.value.split("\n").flatMap((line, index) => {
    const [, label, value] = /^([A-Za-z][\w -]*):(?:\s+(.*))?$/.exec(line) ?? [];
    if (label === undefined) return [];
    return [
      {
        label: label.toLowerCase(),
        value: unquoted(value?.trim() ?? ""),
        at: placeAt(source, first + index),
      },
    ];
  });
}

function unquoted(value: string): string {
  return /^(["']).*\1$/.test(value) ? value.slice(1, -1) : value;
}
