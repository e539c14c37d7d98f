import type { ApiBlock, Place, SpecDoc, Target } from "@towpath/core";
import { excerpt } from "@towpath/kit";
import { codePoints } from "../code-points.ts";
import type { Diagnostic } from "../diagnostic.ts";
import { levelFor } from "./level-for.ts";

interface Raised {
  readonly name: string;
  readonly at: Place;
}

/**
 * TP1117: an error that an API block says is raised, in a docstring (`Raises:`, `:raises X:`) or a comment
 * (`# raises X`), while no requirement, criterion, scenario or example names it.
 */
export function unaskedErrors(doc: SpecDoc, target: Target): readonly Diagnostic[] {
  const named = namesIn(doc);
  const seen = new Set<string>();
  return doc.apiBlocks.flatMap(raisedIn).flatMap(({ name, at }): readonly Diagnostic[] => {
    if (named.has(name) || seen.has(name)) return [];
    seen.add(name);
    return [
      {
        code: "TP1117",
        level: levelFor(target, "note", "warning", "error"),
        message: `the API raises ${excerpt(name, 80)}, but no requirement, criterion or scenario says when`,
        at,
        fix: `Add a criterion or scenario that ends with ${excerpt(name, 80)}.`,
      },
    ];
  });
}

function raisedIn({ text, at }: ApiBlock): readonly Raised[] {
  const raised: Raised[] = [];
  let section: number | undefined;
  text.split("\n").forEach((line, index) => {
    const place: Place = { file: at.file, line: at.line + index, column: 1, endColumn: codePoints(line) + 1 };
    const indent = line.length - line.trimStart().length;
    if (/^\s*Raises:\s*$/.test(line)) {
      section = indent;
      return;
    }
    if (section !== undefined && line.trim() !== "" && indent <= section) section = undefined;
    const inSection = section === undefined ? undefined : /^\s*([A-Z]\w{0,80})\s*:/.exec(line)?.[1];
    const inline = /(?::raises?|#[^#]{0,200}?\braises|\bRaises) `?([A-Z]\w{0,80})/.exec(
      line.slice(0, 500),
    )?.[1];
    const name = inSection ?? inline;
    if (name !== undefined) raised.push({ name, at: place });
  });
  return raised;
}

/** The words that begin with a capital in everything that asks for something. */
function namesIn({ requirements, criteria, scenarios, examples }: SpecDoc): ReadonlySet<string> {
  const texts = [
    ...requirements.flatMap(({ title, text, criteria: own }) => [
      title,
      text,
      ...own.map((each) => each.text),
    ]),
    ...criteria.map(({ text }) => text),
    ...scenarios.flatMap(({ name, steps, examples: tables }) => [
      name,
      ...steps.map(({ text }) => text),
      ...tables.flatMap(({ rows }) => rows.flat()),
    ]),
    ...examples.flatMap(({ expected }) => (expected.kind === "raises" ? [expected.exception] : [])),
  ];
  return new Set(texts.flatMap((text) => text.match(/\b[A-Z]\w*/g) ?? []));
}
