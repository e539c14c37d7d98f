import { type GateContext, isBreakage } from "@towpath/core";
import { orBreakage } from "@towpath/kit";
import { c901Engine } from "./c901-engine.ts";
import type { Engine } from "./engine.ts";
import type { ComplexityOptions } from "./options.ts";
import { radonEngine } from "./radon-engine.ts";

/**
 * The engine that the options name. `auto` takes the embedded one where radon is absent, or is the tree's own and the
 * tree is not trusted; a radon that was named, or is there and broken, is never replaced silently.
 * @throws {Breakage} what the look-up of radon throws
 */
export async function chooseEngine(ctx: GateContext, options: ComplexityOptions): Promise<Engine> {
  const { engine, command } = options;
  if (engine === "c901") return c901Engine();
  const radon = await orBreakage(() => radonEngine(ctx, command));
  if (!isBreakage(radon)) return radon;
  const absent = radon.kind === "tool-missing" || radon.kind === "untrusted";
  if (engine === "auto" && command === undefined && absent) return c901Engine();
  throw radon;
}
