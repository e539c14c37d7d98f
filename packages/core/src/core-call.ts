import type { StepCall } from "./ctx.ts";

/** The call of a step of core's own. */
export function coreCall(name: string, effect: StepCall["effect"]): StepCall {
  return { plugin: "core", name, effect };
}
