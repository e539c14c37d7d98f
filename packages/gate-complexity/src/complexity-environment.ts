import { createRequire } from "node:module";
import type { GateContext } from "@towpath/core";
import { pythonEnvironment, type PythonEnvironment } from "@towpath/kit";
import { z } from "zod";
import { chooseRadon } from "./choose-engine.ts";
import type { ComplexityOptions } from "./options.ts";

/** The engine with what it depends on: radon with the packages of its Python, or the version of the embedded one. */
export type ComplexityEnvironment = { readonly radon: PythonEnvironment } | { readonly c901: string };

const manifest = z.looseObject({ version: z.string() });

/**
 * What measured complexities depend on beside the files. The embedded engine is not loaded for it.
 * @throws {Breakage} what `chooseRadon` and `pythonEnvironment` throw
 */
export async function complexityEnvironment(
  ctx: GateContext,
  options: ComplexityOptions,
): Promise<ComplexityEnvironment> {
  const radon = await chooseRadon(ctx, options);
  if (radon !== undefined) return { radon: pythonEnvironment(ctx, radon) };
  const embedded: unknown = createRequire(import.meta.url)("@astral-sh/ruff-wasm-nodejs/package.json");
  return { c901: manifest.parse(embedded).version };
}
