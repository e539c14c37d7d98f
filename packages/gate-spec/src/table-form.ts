import type { Table, TableRow } from "mdast";
import { isNonFunctional, isRequirementSection, mayState } from "./heading-form.ts";
import { linedText } from "./lined-text.ts";
import { textOf } from "./markdown.ts";
import { everySection, type OutlineSection } from "./outline.ts";
import { statementOf } from "./requirement-body.ts";
import type { RequirementDraft } from "./requirement-draft.ts";
import { leadingId, wholeId } from "./requirement-id.ts";
import { placeOf, type Source } from "./source.ts";

/** The columns of a table of requirements; -1 for those that it lacks. */
interface Columns {
  readonly id: number;
  readonly title: number;
  readonly text: number;
  readonly priority: number;
  readonly criterion: number;
}

/**
 * Requirements that are rows of a table with a column of ids. Below "Requirements" the ids may have any prefix
 * (`F-001`), elsewhere those that requirements have.
 */
export function tableRequirements(source: Source, top: OutlineSection): readonly RequirementDraft[] {
  return [...everySection(top)].filter(mayState).flatMap((section) => {
    if (isRequirementSection(section)) return [];
    return section.blocks.flatMap((block) => {
      const columns = block.type === "table" ? columnsOf(block) : undefined;
      if (block.type !== "table" || columns === undefined) return [];
      return block.children.slice(1).flatMap((row) => draft(source, row, columns, section) ?? []);
    });
  });
}

function columnsOf(table: Table): Columns | undefined {
  const titles = (table.children[0]?.children ?? []).map((cell) => textOf(cell.children).toLowerCase());
  const find = (pattern: RegExp): number => titles.findIndex((title) => pattern.test(title));
  const id = find(/^(?:req(?:uirement)?[ .]{0,2})?(?:id|no\.?|nr\.?|number|#)$|^(?:requirement|req)\.?$/);
  if (id !== 0) return undefined;
  const text = titles.findIndex(
    (title, index) => index !== id && /^(?:requirement|description|statement|details?|text)s?$/.test(title),
  );
  const title = titles.findIndex(
    (each, index) => index !== id && /^(?:title|name|feature|summary|requirement)$/.test(each),
  );
  return {
    id,
    title: title < 0 ? text : title,
    text: title < 0 ? -1 : text,
    priority: find(/^(?:priority|prio|moscow)$/),
    criterion: find(/\b(?:acceptance|criteri(?:a|on)|verification|verified by|fit criterion)\b/),
  };
}

function draft(
  source: Source,
  row: TableRow,
  columns: Columns,
  section: OutlineSection,
): RequirementDraft | undefined {
  const nodes = (index: number): TableRow["children"][number]["children"] =>
    row.children[index]?.children ?? [];
  const cell = (index: number): string => textOf(nodes(index));
  const known = leadingId(cell(columns.id));
  const id =
    known?.rest === "" ? known.id : section.role === "requirements" ? wholeId(cell(columns.id)) : undefined;
  if (id === undefined) return undefined;
  const place = columns.title < 0 ? 1 : columns.title;
  const [title, criterion, priority] = [cell(place), cell(columns.criterion), cell(columns.priority)];
  const text = columns.text === place ? undefined : statementOf(nodes(columns.text));
  const nonFunctional = id.startsWith("NF") || isNonFunctional(section);
  const at = placeOf(source, row);
  return {
    lead: { id, nonFunctional, rest: title },
    title,
    headline: linedText(nodes(place)),
    nonFunctional,
    body: {
      text: text === undefined ? [] : [text],
      labels:
        priority === ""
          ? []
          : [{ label: "priority", value: priority, node: { type: "text", value: priority }, values: [] }],
      criteria: criterion === "" ? [] : [{ text: criterion, at }],
      targets: [],
    },
    at,
    until: at.line,
  };
}
