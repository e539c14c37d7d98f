import type { Endpoint, Place } from "@towpath/core";
import type { List, Paragraph, PhrasingContent, RootContent, Table } from "mdast";
import { labelsOf } from "./labels.ts";
import { textOf } from "./markdown.ts";
import { everySection, type OutlineSection } from "./outline.ts";
import { placeAt, placeOf, type Source } from "./source.ts";

const method = "(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)";
const request = new RegExp(`^${method}\\s{1,4}(/[^\\s\`?#]{0,500})`);
const exactly = new RegExp(`^${method}\\s{1,4}(/[^\\s\`]{0,500})$`);

/**
 * The endpoints that a specification describes: `**Method:**` with `**Path:**`, headings and items that begin with
 * `POST /take`, sentences that begin with it as code, rows of tables with these columns, and fenced `http`. An endpoint
 * that is only mentioned, or stands where requirements are only spoken of, is none. Each is given once.
 */
export function endpointsOf(source: Source, top: OutlineSection): readonly Endpoint[] {
  const found = new Map<string, Endpoint>();
  const add = (match: RegExpExecArray | null, at: Place): void => {
    const [, verb, path] = match ?? [];
    if (verb === undefined || path === undefined) return;
    const key = `${verb} ${path}`;
    if (!found.has(key)) found.set(key, { method: verb, path, at });
  };
  for (const section of everySection(top)) {
    if (section.role === "elsewhere" || section.role === "example") continue;
    const { heading, blocks } = section;
    if (heading !== undefined)
      add(request.exec(section.title.replace(/^[\d.]+\s/, "")), placeOf(source, heading));
    for (const block of blocks) visit(source, block, add);
    const [field, path] = fields(blocks);
    if (field !== undefined && path !== undefined) {
      add(
        exactly.exec(`${field.value.toUpperCase()} ${path.value}`),
        placeOf(source, field.node, field.paragraph),
      );
    }
  }
  return [...found.values()].toSorted((a, b) => a.at.line - b.at.line);
}

type Add = (match: RegExpExecArray | null, at: Place) => void;

function visit(
  source: Source,
  block: RootContent | List["children"][number]["children"][number],
  add: Add,
): void {
  if (block.type === "paragraph") inParagraph(source, block, add);
  else if (block.type === "table") inTable(source, block, add);
  else if (block.type === "list") {
    for (const item of block.children) {
      const [head] = item.children;
      if (head?.type === "paragraph") add(request.exec(textOf(head.children)), placeOf(source, item));
      for (const child of item.children) visit(source, child, add);
    }
  } else if (block.type === "code" && /^https?$/i.test(block.lang ?? "") && block.position !== undefined) {
    add(request.exec(block.value), placeAt(source, block.position.start.line + 1));
  }
}

function inParagraph(source: Source, paragraph: Paragraph, add: Add): void {
  paragraph.children.forEach((node, index, nodes) => {
    if (node.type !== "inlineCode" || !beginsSentence(nodes[index - 1])) return;
    add(exactly.exec(node.value), placeOf(source, node, paragraph));
  });
}

function beginsSentence(previous: PhrasingContent | undefined): boolean {
  if (previous === undefined) return true;
  return previous.type === "text" && /[.!?:]\s$/.test(previous.value);
}

function inTable(source: Source, table: Table, add: Add): void {
  const [head, ...rows] = table.children;
  const titles = (head?.children ?? []).map((cell) => textOf(cell.children).toLowerCase());
  const verbs = titles.findIndex((title) => /^(?:http )?(?:method|verb)$/.test(title));
  const paths = titles.findIndex((title) => /^(?:path|endpoint|url|route|uri)$/.test(title));
  if (paths < 0) return;
  for (const row of rows) {
    const cell = (index: number): string => textOf(row.children[index]?.children ?? []);
    const text = verbs < 0 ? cell(paths) : `${cell(verbs).toUpperCase()} ${cell(paths)}`;
    add(exactly.exec(text), placeOf(source, row));
  }
}

interface FieldAt {
  readonly value: string;
  readonly node: PhrasingContent;
  readonly paragraph: Paragraph;
}

function fields(blocks: readonly RootContent[]): readonly [FieldAt | undefined, FieldAt | undefined] {
  const paragraphs = blocks.flatMap((block): readonly Paragraph[] => {
    if (block.type === "paragraph") return [block];
    if (block.type !== "list") return [];
    return block.children.flatMap(({ children: [head] }) => (head?.type === "paragraph" ? [head] : []));
  });
  const all = paragraphs.flatMap((paragraph) =>
    labelsOf(paragraph).labels.map(({ label, value, node }) => ({ label, value, node, paragraph })),
  );
  return [
    all.find(({ label }) => /^(?:http )?(?:method|verb)$/.test(label)),
    all.find(({ label }) => /^(?:path|endpoint|url|route|uri)$/.test(label)),
  ];
}
