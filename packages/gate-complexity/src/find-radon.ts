import type { GateContext } from "@towpath/core";
import { findTool, type Tool } from "@towpath/kit";

/**
 * Radon, if the component's environment has it.
 * @param command option `command` of the gate
 * @throws {Breakage} what `findTool` throws
 */
export function findRadon(ctx: GateContext, command: string | undefined): Promise<Tool> {
  return findTool(ctx, {
    name: "radon",
    module: "radon",
    install: "pip install radon",
    versions: { min: "5.0" },
    ...(command === undefined ? {} : { command }),
  });
}
