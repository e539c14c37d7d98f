import type { StepRow } from "./journal.ts";
import type { GateResult } from "./result.ts";

/** Digest of the tree of a component on which a gate of the run answered last; `undefined` while none has. */
export function treeSeen(steps: readonly StepRow[], component: string): string | undefined {
  const results = steps.flatMap(({ id, outcome }) =>
    // The value of a step of this name is that of the executor's function.
    id.includes("/gate:") && outcome?.ok === true ? (outcome.value as readonly GateResult[]) : [],
  );
  return results.findLast((result) => result.component === component)?.inputs.tree;
}
