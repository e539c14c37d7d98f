import type { SpecDoc, SpecRequirement as Requirement, Target } from "@towpath/core";
import { excerpt } from "@towpath/kit";
import type { Diagnostic } from "../diagnostic.ts";
import { levelFor } from "./level-for.ts";

/** What is better or worse by degrees. A rule of security or style holds or not. */
const measurable =
  /\b(?:performance|latency|speed|fast|quick|throughput|response times?|availab|uptime|reliab|scalab|capacity|memory|load|concurren|efficien)/i;

/**
 * TP1111: a non-functional requirement for which no number is stated, neither in its text and criteria nor anywhere
 * below its head. It is no more than a note where criteria say what holds and nothing is better or worse by degrees.
 * One that names a drill or an attestation as its proof needs none.
 */
export function missingFigures(doc: SpecDoc, target: Target): readonly Diagnostic[] {
  const { requirements, figures } = doc;
  const withFigures = new Set(figures.map(({ at }) => at.line));
  const endOf = endsOf([...requirements, ...doc.sections].map(({ at }) => at.line));
  return requirements
    .filter((each) => each.kind === "non-functional" && !isProvenOtherwise(each) && !states(each))
    .filter(({ at }) => !hasLineBetween(withFigures, at.line, endOf.get(at.line)))
    .map(({ id, title, text, criteria, at }) => ({
      code: "TP1111",
      level:
        criteria.length > 0 && !measurable.test(`${title}\n${text}`)
          ? "note"
          : levelFor(target, "note", "warning", "error"),
      message: `${id} (${excerpt(title, 80)}) has no figure to be measured against`,
      at,
      fix: `Add \`**Target:** <metric> < <number> <unit>\` below ${id}, and how it is measured.`,
    }));
}

function isProvenOtherwise({ proof }: Requirement): boolean {
  return proof === "drill" || proof === "attestation";
}

function states({ title, text, criteria }: Requirement): boolean {
  return [title, text, ...criteria.map((criterion) => criterion.text)].some((part) => /\d/.test(part));
}

/** For each line where something begins the one where the next thing begins. */
function endsOf(starts: readonly number[]): ReadonlyMap<number, number> {
  const inOrder = [...new Set(starts)].toSorted((a, b) => a - b);
  return new Map(inOrder.slice(1).map((next, index) => [inOrder[index] ?? next, next] as const));
}

function hasLineBetween(lines: ReadonlySet<number>, from: number, to = from + 100): boolean {
  for (let line = from; line < to; line++) if (lines.has(line)) return true;
  return false;
}
