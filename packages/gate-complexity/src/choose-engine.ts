import { type GateContext, isBreakage } from "@towpath/core";
import type { Tool } from "@towpath/kit";
import { c901Engine } from "./c901-engine.ts";
import type { Engine } from "./engine.ts";
import { findRadon } from "./find-radon.ts";
import type { ComplexityOptions } from "./options.ts";
import { radonEngine } from "./radon-engine.ts";

/**
 * The engine that the options name.
 * @throws {Breakage} what `chooseRadon` throws
 */
export async function chooseEngine(ctx: GateContext, options: ComplexityOptions): Promise<Engine> {
  const radon = await chooseRadon(ctx, options);
  return radon === undefined ? c901Engine() : radonEngine(radon);
}

/**
 * Radon, or undefined where the embedded engine is to be used: where the options say so, and with `auto` where radon is
 * absent, or is the tree's own and the tree is not trusted. A radon that was named, or is there and broken, is never
 * replaced silently.
 * @throws {Breakage} what the look-up of radon throws
 */
export async function chooseRadon(ctx: GateContext, options: ComplexityOptions): Promise<Tool | undefined> {
  const { engine, command } = options;
  if (engine === "c901") return undefined;
  try {
    return await findRadon(ctx, command);
  } catch (error) {
    const absent = isBreakage(error) && (error.kind === "tool-missing" || error.kind === "untrusted");
    if (absent && engine === "auto" && command === undefined) return undefined;
    throw error;
  }
}
