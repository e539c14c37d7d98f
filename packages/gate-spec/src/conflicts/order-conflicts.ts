import type { Place } from "@towpath/core";
import { byPlace, type Conflict, type Party } from "./conflict.ts";
import { normal } from "./normal.ts";

interface Order {
  readonly first: string;
  readonly next: string;
  readonly says: string;
  readonly at: Place;
}

const order = /\b(before|after)\b/i;
/** Verbs of the statement itself, which say nothing about which step is meant. */
const happening =
  /\b(?:(?:be|is|are|has been|have been) (?:done|run|completed?|finished|started|called|made|applied|loaded|ready)|runs?|running|comes?|happens?|happened|starts?|begins?|finish(?:es)?|completes?|completed|ends?|occurs?|takes? place|done|only)\b/gi;

/**
 * TP1128: statements of EARS say "A before B" and, over any number of steps, "B before A". Only names of steps that are
 * equal after normalisation are one step.
 */
export function orderConflicts(parties: readonly Party[]): readonly Conflict[] {
  const orders = parties
    .filter(({ role }) => role === "own")
    .flatMap(({ doc }) => doc.requirements.flatMap(({ ears }) => ears))
    .filter(({ features, states, trigger }) => features.length + states.length === 0 && trigger === undefined)
    .filter(({ modal }) => modal === "must" || modal === "must-not")
    .flatMap(({ subject, response, modal, at }) => orderIn(subject, response, modal === "must", at))
    .toSorted(byPlace);
  return cyclesIn(orders).map((cycle) => ({
    code: "TP1128",
    kind: "contradiction",
    message: "each of these shall come before the other",
    statements: cycle.toSorted(byPlace).map(({ says, at }) => ({ says, at })),
    fix: "Decide on one order, and correct the other statement.",
  }));
}

function orderIn(subject: string, response: string, positive: boolean, at: Place): readonly Order[] {
  const match = order.exec(response);
  if (match === null || response.length > 300 || order.test(response.slice(match.index + match[0].length)))
    return [];
  const one = stepOf(`${subject} ${response.slice(0, match.index)}`);
  const other = stepOf(response.slice(match.index + match[0].length));
  if (one === "" || other === "" || one === other) return [];
  const isBefore = (match[1]?.toLowerCase() === "before") === positive;
  const says = `${subject} ${positive ? "MUST" : "MUST NOT"} ${response}`;
  return [{ first: isBefore ? one : other, next: isBefore ? other : one, says, at }];
}

function stepOf(text: string): string {
  return normal(text.replaceAll(happening, " "));
}

/** One cycle for each group of steps that lead back to themselves. */
function cyclesIn(orders: readonly Order[]): readonly (readonly Order[])[] {
  const from = new Map<string, Order[]>();
  for (const each of orders) from.set(each.first, [...(from.get(each.first) ?? []), each]);
  const done = new Set<string>();
  const cycles: Order[][] = [];
  for (const start of from.keys()) {
    const way: { readonly node: string; readonly by: Order | undefined; tried: number }[] = [];
    if (!done.has(start)) way.push({ node: start, by: undefined, tried: 0 });
    while (way.length > 0) {
      const top = way.at(-1);
      const edge = top && (from.get(top.node) ?? [])[top.tried++];
      if (top === undefined) break;
      if (edge === undefined) {
        done.add(top.node);
        way.pop();
        continue;
      }
      const back = way.findIndex(({ node }) => node === edge.next);
      if (back >= 0) {
        cycles.push([...way.slice(back + 1).flatMap(({ by }) => (by === undefined ? [] : [by])), edge]);
      } else if (!done.has(edge.next)) way.push({ node: edge.next, by: edge, tried: 0 });
    }
  }
  return cycles;
}
