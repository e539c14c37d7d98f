import { brokenAt, resultsIn, type Journal } from "@towpath/core";

/** How many whole changes of `nthChange` a journal holds of a run. @throws when one is not whole, or a chain is not */
export function changesIn(journal: Journal, run: string): number {
  const broken =
    brokenAt(journal.evidence("cart")) ?? brokenAt(journal.facts("cart")) ?? journal.brokenEvents(run);
  if (broken !== undefined) throw new Error(broken);
  const own = resultsIn(journal.evidence("cart")).filter(({ notes }) => notes[0]?.startsWith(`${run} `));
  const counts = [
    own.length,
    journal.facts("cart").entries.filter(({ body }) => body.includes(`"run":"${run}"`)).length,
    journal.steps(run).length,
    journal.messages("cart", run).length,
    journal.events({ run }).length / 2,
  ];
  if (new Set(counts).size !== 1) throw new Error(`changes that are not whole: ${counts.join(", ")}`);
  const expected = own.map((_, index) => `${run} ${index + 1}`);
  if (own.some(({ notes }, index) => notes[0] !== expected[index]))
    throw new Error("changes in a wrong order");
  return own.length;
}
