import { claimConflicts } from "./claim-conflicts.ts";
import { byPlace, type Conflict, type ConflictRule, type Party } from "./conflict.ts";
import { figureConflicts } from "./figure-conflicts.ts";
import { modalConflicts } from "./modal-conflicts.ts";
import { orderConflicts } from "./order-conflicts.ts";
import { responseConflicts } from "./response-conflicts.ts";
import { scheduleConflicts } from "./schedule-conflicts.ts";
import { signatureConflicts } from "./signature-conflicts.ts";
import { typeConflicts } from "./type-conflicts.ts";

/** What cannot stand side by side. A new kind is a new entry. */
export const conflictRules: readonly ConflictRule[] = [
  modalConflicts,
  figureConflicts,
  typeConflicts,
  responseConflicts,
  signatureConflicts,
  claimConflicts,
  orderConflicts,
  scheduleConflicts,
];

/** The conflicts between documents, in the order of their first places. The order of the documents does not matter. */
export function findConflicts(
  parties: readonly Party[],
  rules: readonly ConflictRule[] = conflictRules,
): readonly Conflict[] {
  return rules.flatMap((rule) => rule(parties)).toSorted((a, b) => compare(a, b));
}

function compare(a: Conflict, b: Conflict): number {
  const [first] = a.statements;
  const [second] = b.statements;
  const places = first === undefined || second === undefined ? 0 : byPlace(first, second);
  return places || (a.code < b.code ? -1 : a.code > b.code ? 1 : 0);
}
