import type { Place, Prose, SpecDoc } from "@towpath/core";
import { excerpt } from "@towpath/kit";
import { codePoints } from "../code-points.ts";
import type { Diagnostic } from "../diagnostic.ts";
import { htmlElements } from "./html-elements.ts";

/** What stands for a decision still to be made. Quantifiers are bounded: the text is untrusted. */
const patterns: readonly RegExp[] = [
  /\[(?:NEEDS CLARIFICATION|CLARIFY)\b[^\]]{0,200}\]?/gi,
  /(?<![\w-])(?:TODO|TBD|TBC|FIXME)(?![\w-])/g,
  /\?{3,}/g,
  /(?<!\w)X{1,3} ?%/g,
  /\blorem ipsum\b/gi,
  // `[Component Name]`: no tick, footnote, wiki link, index, link or escaped bracket.
  /(?<![\w\]\\[!])\[(?=\p{L})[^[\]\\]{2,120}\](?![[(:\]\w])/gu,
  // `<component>`, but not `List<int>`.
  /(?<![\w<\\])<(?=\p{L})[^<>]{1,120}>/gu,
];

/** TP1102: a template token, `TODO`, `TBD`, `???` or the like outside of code. Columns of an outline's table are none. */
export function placeholders({ prose, scenarios }: SpecDoc): readonly Diagnostic[] {
  const columns = new Set(
    scenarios.flatMap(({ examples }) => examples.flatMap(({ head }) => head.map((name) => `<${name}>`))),
  );
  return prose.flatMap((line) => placeholdersIn(line, columns));
}

function placeholdersIn({ text, at }: Prose, columns: ReadonlySet<string>): readonly Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  let index = 0;
  let column = at.column;
  for (const [hit, start] of hitsIn(text)) {
    // `[TODO: name it]` is one placeholder, though two patterns see it.
    if (start < index || columns.has(hit)) continue;
    column += codePoints(text.slice(index, start));
    const endColumn = column + codePoints(hit);
    diagnostics.push(diagnose(hit, { ...at, column, endColumn }));
    index = start + hit.length;
    column = endColumn;
  }
  return diagnostics;
}

function hitsIn(text: string): readonly (readonly [hit: string, start: number])[] {
  return patterns
    .flatMap((pattern) => Array.from(text.matchAll(pattern), (match) => [match[0], match.index] as const))
    .filter(([hit]) => !isNotation(hit))
    .toSorted(([, a], [, b]) => a - b);
}

/** HTML, priorities such as `[P1]` and intervals such as `[a, b]`. */
function isNotation(hit: string): boolean {
  const element = /^<([a-z][a-z0-9]*)/i.exec(hit)?.[1];
  if (element !== undefined) return htmlElements.has(element.toLowerCase());
  return /^\[(?:[A-Z]{1,6}-?\d+|\p{L}(?:, ?\p{L})+)\]$/u.test(hit);
}

function diagnose(hit: string, at: Place): Diagnostic {
  return {
    code: "TP1102",
    level: "error",
    message: `a placeholder is left: ${excerpt(hit, 80)}`,
    at,
    fix: "Write the decision in its place, or set it in backticks if it is meant literally.",
  };
}
