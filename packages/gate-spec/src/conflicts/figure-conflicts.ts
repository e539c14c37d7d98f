import type { Figure } from "@towpath/core";
import { byPlace, type Conflict, type Party, type Statement } from "./conflict.ts";
import { grouped } from "./grouped.ts";

/** Figures that projects set for all components. Others of a template are examples. */
const policyMetrics: ReadonlySet<string> = new Set(["coverage", "uptime", "mutation score", "pass rate"]);

interface Fact extends Statement {
  readonly role: Party["role"];
  readonly figure: Figure;
}

/**
 * TP1122 and TP1127: figures for one thing. No value meets all: a contradiction. Otherwise different bounds are two
 * sources of truth, TP1127 when only the component's documents differ from what the project sets. A bound that is
 * higher than the project's counts too: it is what nobody enforces.
 */
export function figureConflicts(parties: readonly Party[]): readonly Conflict[] {
  const facts = parties.flatMap(factsOf).toSorted(byPlace);
  const clear = grouped(facts, ({ figure, at }) => JSON.stringify([keyOf(figure), at.file, at.line])).flatMap(
    // A line that gives two figures for one thing tells them apart in words that are not understood.
    (line) => (new Set(line.map(({ figure }) => boundOf(figure))).size === 1 ? line.slice(0, 1) : []),
  );
  return grouped(clear, ({ figure }) => keyOf(figure)).flatMap(conflictIn);
}

function factsOf({ role, owner, doc }: Party): readonly Fact[] {
  if (role === "component") return [];
  const own = owner.replaceAll(/[_-]/g, " ");
  return doc.figures
    .filter(({ metric }) => role === "own" || policyMetrics.has(metric))
    .map((figure) => ({
      role,
      figure: role === "own" && figure.subject === own ? { ...figure, subject: "" } : figure,
      says: figure.text,
      at: figure.at,
    }));
}

function keyOf({ subject, metric, scope, stage, unit }: Figure): string {
  return JSON.stringify([subject, metric, scope, stage ?? "", unit]);
}

function boundOf({ operator, value }: Figure): string {
  return `${sideOf(operator)} ${value}`;
}

function sideOf(operator: Figure["operator"]): ">" | "<" | "=" {
  return operator.startsWith(">") ? ">" : operator.startsWith("<") ? "<" : "=";
}

function conflictIn(facts: readonly Fact[]): readonly Conflict[] {
  const [first] = facts;
  if (first === undefined) return [];
  const empty = emptyIntersection(facts);
  if (empty !== undefined) {
    return [conflict("TP1122", "contradiction", first.figure, empty, "no value meets both figures for")];
  }
  const sides = ([">", "<", "="] as const).map((side) =>
    facts.filter(({ figure }) => sideOf(figure.operator) === side),
  );
  return sides.flatMap((side) => {
    if (distinct(side) < 2) return [];
    const own = side.filter(({ role }) => role === "own");
    const others = side.filter(({ role }) => role !== "own");
    const settled = distinct(own) === 1 && distinct(others) === 1;
    const words = settled
      ? "the specification and the project name different figures for"
      : "different figures are named for";
    return [conflict(settled ? "TP1127" : "TP1122", "two-sources", first.figure, side, words)];
  });
}

function distinct(facts: readonly Fact[]): number {
  return new Set(facts.map(({ figure }) => figure.value)).size;
}

/** The two facts that leave no value between them. */
function emptyIntersection(facts: readonly Fact[]): readonly Fact[] | undefined {
  let low: Fact | undefined;
  let high: Fact | undefined;
  for (const fact of facts) {
    const { operator, value } = fact.figure;
    const side = sideOf(operator);
    if (side !== "<" && (low === undefined || tighter(value, operator, low.figure, 1))) low = fact;
    if (side !== ">" && (high === undefined || tighter(value, operator, high.figure, -1))) high = fact;
  }
  if (low === undefined || high === undefined || low === high) return undefined;
  const gap = low.figure.value - high.figure.value;
  const open = low.figure.operator === ">" || high.figure.operator === "<";
  return gap > 0 || (gap === 0 && open) ? [low, high].toSorted(byPlace) : undefined;
}

function tighter(value: number, operator: Figure["operator"], than: Figure, sign: 1 | -1): boolean {
  const step = (value - than.value) * sign;
  return step > 0 || (step === 0 && operator.length === 1 && operator !== "=" && than.operator.length === 2);
}

function conflict(
  code: "TP1122" | "TP1127",
  kind: Conflict["kind"],
  { subject, metric, scope, stage }: Figure,
  facts: readonly Fact[],
  words: string,
): Conflict {
  const what = [subject, scope, metric].filter((part) => part !== "").join(" ");
  return {
    code,
    kind,
    message: `${words} ${what}${stage === undefined ? "" : ` (${stage})`}`,
    statements: facts.map(({ figure, at }) => ({ says: show(figure), at })),
    fix: "Keep the figure in one place, and let the others refer to it.",
  };
}

function show({ operator, value, unit }: Figure): string {
  return `${operator} ${value}${unit === "" ? "" : ` ${unit}`}`;
}
