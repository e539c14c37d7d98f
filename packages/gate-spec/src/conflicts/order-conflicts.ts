import type { Place } from "@towpath/core";
import { byPlace, type Conflict, type Party } from "./conflict.ts";
import { grouped } from "./grouped.ts";
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

/** Circles that are told; more of them are one confusion. */
const mostCycles = 20;

/** The circles of steps, found by walking each way once. */
function cyclesIn(orders: readonly Order[]): readonly (readonly Order[])[] {
  const from = new Map(
    grouped(orders, ({ first }) => first).map((group) => [group[0]?.first ?? "", group] as const),
  );
  const done = new Set<string>();
  const cycles: (readonly Order[])[] = [];
  for (const start of from.keys()) {
    const way: Step[] = done.has(start) ? [] : [{ node: start, by: undefined, tried: 0 }];
    const depths = new Map([[start, 0]]);
    for (let top = way.at(-1); top !== undefined && cycles.length < mostCycles; top = way.at(-1)) {
      const edge = from.get(top.node)?.[top.tried++];
      if (edge === undefined) {
        done.add(top.node);
        depths.delete(top.node);
        way.pop();
        continue;
      }
      const depth = depths.get(edge.next);
      if (depth !== undefined) {
        cycles.push([...way.slice(depth + 1).flatMap(({ by }) => (by === undefined ? [] : [by])), edge]);
      } else if (!done.has(edge.next)) {
        depths.set(edge.next, way.length);
        way.push({ node: edge.next, by: edge, tried: 0 });
      }
    }
  }
  return cycles;
}

interface Step {
  readonly node: string;
  /** The statement that leads here. */
  readonly by: Order | undefined;
  /** How many of the statements that lead on were followed. */
  tried: number;
}
