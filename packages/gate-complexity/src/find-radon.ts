import type { GateContext } from "@towpath/core";
import { findTool, type Tool, type ToolRequest } from "@towpath/kit";

/**
 * Radon, if the component's environment has it.
 * @param command option `command` of the gate
 * @throws {Breakage} what `findTool` throws
 */
export function findRadon(ctx: GateContext, command: string | undefined): Promise<Tool> {
  return findTool(ctx, radonRequest(command));
}

/** The radon that the gate can read. @param command option `command` of the gate */
export function radonRequest(command: string | undefined): ToolRequest {
  return {
    name: "radon",
    module: "radon",
    install: "pip install radon",
    versions: { min: "5.0" },
    ...(command === undefined ? {} : { command }),
  };
}
