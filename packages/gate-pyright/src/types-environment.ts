import { resolve } from "node:path";
import type { GateContext } from "@towpath/core";
import {
  findPython,
  pythonEnvironment,
  toolIdentity,
  type PythonEnvironment,
  type ToolIdentity,
} from "@towpath/kit";
import { extendedConfig } from "./extended-config.ts";
import { findConfig } from "./find-config.ts";
import { findPyright } from "./find-pyright.ts";

/** What type errors depend on beside the component's files. */
export interface TypesEnvironment {
  readonly pyright: ToolIdentity;
  /** Resolves the component's imports. */
  readonly python: PythonEnvironment;
  /** Digest of what the configuration extends. */
  readonly config: string;
}

/**
 * Pyright, the component's interpreter with its packages, and what the configuration extends.
 * @throws {Breakage} what the look-ups of pyright, of Python and of the configuration throw
 */
export async function typesEnvironment(ctx: GateContext): Promise<TypesEnvironment> {
  const { root } = ctx.workspace;
  const config = await findConfig(root, resolve(root, ctx.component.source[0] ?? "."));
  return {
    pyright: toolIdentity((await findPyright(ctx)).info),
    python: pythonEnvironment(ctx, await findPython(ctx)),
    config: await extendedConfig(ctx, config),
  };
}
