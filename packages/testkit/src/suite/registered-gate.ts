import { createKernel, type Gate } from "@towpath/core";
import type { GateCase } from "./gate-case.ts";

/** A gate as its plugin registers it. */
export interface Registered {
  readonly gate: Gate;
  /** Whether it, or what makes an artifact for it, runs the component's own code. */
  readonly runsCode: boolean;
}

/** Sets the plugin of a case up, and looks at the gate. @throws {Error} when there is no such gate */
export async function registeredGate({ plugin, gate: name }: GateCase): Promise<Registered> {
  const kernel = createKernel();
  try {
    await kernel.use(plugin());
    const gate = kernel.gates.get(name)?.gate;
    if (gate === undefined) throw new Error(`the plugin has no gate ${name}`);
    const needs = gate.needs ?? [];
    const runsCode = gate.executesCode || needs.some(({ id }) => kernel.producers.get(id)?.executesCode);
    return { gate, runsCode };
  } finally {
    await kernel.close();
  }
}
