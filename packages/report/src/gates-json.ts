import type { RunReport } from "@towpath/core";
import { allResults } from "./outcome.ts";

/** How each gate ended, as JSON on one line: what a later step of a pipeline decides with. */
export function gatesJson(report: RunReport): string {
  const gates = allResults(report).map(({ gate, component, verdict, required, code }) => ({
    gate,
    component,
    verdict,
    required,
    ...(code === undefined ? {} : { code }),
  }));
  return JSON.stringify(gates);
}
