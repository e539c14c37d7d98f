import type { Paragraph, PhrasingContent } from "mdast";
import { isStrong, textOf } from "./markdown.ts";

/** A `**Label:** value` as it stands in a paragraph. */
export interface Label {
  /** Lower case, without the colon. */
  readonly label: string;
  readonly value: string;
  readonly node: PhrasingContent;
  /** What its value is made of. */
  readonly values: readonly PhrasingContent[];
}

/** A paragraph taken apart. */
export interface Labelled {
  /** What stands before the first label. */
  readonly text: string;
  /** What that text is made of. */
  readonly before: readonly PhrasingContent[];
  readonly labels: readonly Label[];
}

const criteria =
  /^(?:acceptance|success) criteri(?:a|on)$|^acceptance (?:scenarios?|tests?)$|^criteri(?:a|on)$|^acceptance$|^scenarios?$/;

/** "Acceptance criteria" in other languages. */
export const criteriaElsewhere: RegExp =
  /^(?:criterios de (?:aceptación|éxito)|critérios de (?:aceitação|sucesso)|critères d['’](?:acceptation|acceptance)|critères de succès|akzeptanzkriterien|abnahmekriterien|erfolgskriterien|criteri di accettazione|验收标准|成功标准|受け入れ基準|受入基準|인수 조건|수용 기준)$/;

/** Whether the words of a label announce acceptance criteria. */
export function announcesCriteria(label: string): boolean {
  return criteria.test(label) || criteriaElsewhere.test(label);
}

/** Whether the words of a label announce the figure that a non-functional requirement is held to. */
export function announcesTarget(label: string): boolean {
  return /^(?:targets?|thresholds?)$/.test(label);
}

/**
 * Splits a paragraph at bold labels at the beginning of a line: `**Priority:** High` or `**Priority**: High`.
 * A paragraph `Acceptance criteria:` without bold, or `**Acceptance criteria**` without a colon, counts too, as people
 * write it so above a list.
 */
export function labelsOf(paragraph: Paragraph): Labelled {
  const parts: {
    readonly label: string;
    readonly node: PhrasingContent;
    readonly value: PhrasingContent[];
  }[] = [];
  const before: PhrasingContent[] = [];
  paragraph.children.forEach((node, index, nodes) => {
    const label = beginsLine(nodes[index - 1]) ? labelText(node, nodes[index + 1]) : undefined;
    if (label === undefined) (parts.at(-1)?.value ?? before).push(node);
    else parts.push({ label, node, value: [] });
  });
  const labels = parts.map(({ label, node, value }) => ({
    label,
    node,
    value: withoutColon(textOf(value)),
    values: value,
  }));
  const text = textOf(before);
  const plain = labels.length === 0 ? text.toLowerCase().replace(/:$/, "") : "";
  const [first, second] = paragraph.children;
  const stands = text.endsWith(":") || (isStrong(first) && second === undefined);
  if (first !== undefined && stands && announcesCriteria(plain)) {
    return { text: "", before: [], labels: [{ label: plain, node: first, value: "", values: [] }] };
  }
  return { text, before, labels };
}

function beginsLine(previous: PhrasingContent | undefined): boolean {
  if (previous === undefined || previous.type === "break") return true;
  return previous.type === "text" && /[\r\n][ \t]*$/.test(previous.value);
}

function labelText(node: PhrasingContent, next: PhrasingContent | undefined): string | undefined {
  if (!isStrong(node)) return undefined;
  const text = textOf([node]);
  if (text.endsWith(":")) return text.slice(0, -1).trimEnd().toLowerCase();
  return next?.type === "text" && next.value.startsWith(":") ? text.toLowerCase() : undefined;
}

function withoutColon(value: string): string {
  return value.replace(/^:\s*/, "");
}
