import type { Ears, Modal } from "@towpath/core";
import { byPlace, type Conflict, type Party, type Statement } from "./conflict.ts";
import { grouped } from "./grouped.ts";
import { normal } from "./normal.ts";
import { subjectsOf } from "./subjects.ts";

interface Demand extends Statement {
  readonly key: string;
  readonly modal: Modal;
}

/**
 * TP1121: the same of the same subject, under the same conditions, is demanded and forbidden. An exception has
 * conditions of its own, so it is none. What one may do and should not is no contradiction.
 */
export function modalConflicts(parties: readonly Party[]): readonly Conflict[] {
  const demands = parties.filter(({ role }) => role === "own").flatMap(demandsOf);
  return grouped(demands, ({ key }) => key).flatMap((group) => {
    const all = group.toSorted(byPlace);
    const forbidding = all.filter(({ modal }) => modal === "must-not" || modal === "should-not");
    const strong = forbidding.some(({ modal }) => modal === "must-not");
    const asking = all.filter(
      ({ modal }) => modal === "must" || modal === "should" || (strong && modal === "may"),
    );
    const [first] = asking;
    if (first === undefined || forbidding.length === 0) return [];
    const statements = [...asking, ...forbidding].toSorted(byPlace);
    return [
      {
        code: "TP1121",
        kind: "contradiction",
        message: "one and the same is demanded and forbidden",
        statements: statements.map(({ says, at }) => ({ says, at })),
        fix: "Decide which of them holds, and take the other out, or say under which condition it holds.",
      },
    ];
  });
}

function demandsOf(party: Party): readonly Demand[] {
  const subject = subjectsOf(party);
  return party.doc.requirements.flatMap(({ ears }) =>
    ears.map((each) => ({
      key: JSON.stringify([subject(each.subject), normal(each.response), ...conditionsOf(each)]),
      modal: each.modal,
      says: `${each.subject} ${each.modal.replace("-", " ").toUpperCase()} ${each.response}`,
      at: each.at,
    })),
  );
}

/** The conditions of a statement as they are compared. */
export function conditionsOf({ features, states, trigger = "" }: Ears): readonly string[] {
  return [
    features.map(normal).toSorted().join("|"),
    states.map(normal).toSorted().join("|"),
    normal(trigger),
  ];
}
