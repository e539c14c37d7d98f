import { type GateContext, isBreakage } from "@towpath/core";
import { findTool, type Tool, type ToolRequest } from "@towpath/kit";
import type { RuffCommand } from "./log.ts";
import type { RuffOptions } from "./options.ts";

/** What will run: the ruff program, or undefined for the embedded engine. */
export type Engine = Tool | undefined;

/** `check` has the same report and log since 0.12; `format` has a report since 0.16. */
const OLDEST: Readonly<Record<RuffCommand, string>> = { check: "0.12.0", format: "0.16.0" };

/** The ruff program that a command needs. */
export function ruffRequest(command: RuffCommand, options: RuffOptions): ToolRequest {
  return {
    name: "ruff",
    module: "ruff",
    install: "pip install ruff",
    versions: { min: OLDEST[command] },
    ...(options.command === undefined ? {} : { command: options.command }),
  };
}

/**
 * Chooses the engine for a component. `auto` falls back to the embedded engine only where no ruff was found that may
 * be run, and none was named: a program that was named and is missing, or that is too old, is breakage.
 * @throws {Breakage} tool-missing, tool-version or untrusted
 */
export async function chooseEngine(
  ctx: GateContext,
  command: RuffCommand,
  options: RuffOptions,
): Promise<Engine> {
  if (options.engine === "wasm") return undefined;
  const named = options.command !== undefined || ctx.env["TOWPATH_RUFF"] !== undefined;
  try {
    return await findTool(ctx, ruffRequest(command, options));
  } catch (error) {
    const usable = !isBreakage(error) || (error.kind !== "tool-missing" && error.kind !== "untrusted");
    if (options.engine === "auto" && !named && !usable) return undefined;
    throw error;
  }
}
