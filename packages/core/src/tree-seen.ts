import type { Component } from "./gate.ts";
import type { StepRow } from "./journal.ts";
import type { Kernel } from "./kernel.ts";
import type { GateResult } from "./result.ts";

/** Digest of the tree of a component on which a gate of the run answered last; `undefined` while none has. */
export function treeSeen(steps: readonly StepRow[], component: string): string | undefined {
  const results = steps.flatMap(({ id, outcome }) =>
    // The value of a step of this name is that of the executor's function.
    id.includes("/gate:") && outcome?.ok === true ? (outcome.value as readonly GateResult[]) : [],
  );
  return results.findLast((result) => result.component === component)?.inputs.tree;
}

/** For a process that goes on with a run: what one that died has written is in nobody's record. */
export function warnOfInterruption(kernel: Kernel, { name }: Component): void {
  const message = `${name} is no longer what the gates of this run have seen, though nobody wrote down why; it counts as it is now`;
  kernel.bus.emit("warning", { message, code: "TP6004" });
}
