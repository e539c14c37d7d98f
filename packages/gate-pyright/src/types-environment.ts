import { relative, resolve } from "node:path";
import type { GateContext, GateEnvironment } from "@towpath/core";
import { extendedConfigs } from "./extended-config.ts";
import { findConfig, strayConfigs } from "./find-config.ts";
import { manifestPlaces } from "./find-pyright.ts";

/**
 * What type errors depend on beside the component's files: pyright, the component's interpreter with its packages, which
 * resolves the imports, and what the configuration extends.
 * @throws {Breakage} what the look-up of the configuration throws
 */
export async function typesEnvironment(ctx: GateContext): Promise<GateEnvironment> {
  const { root } = ctx.workspace;
  const config = await findConfig(root, resolve(root, ctx.component.source[0] ?? "."));
  const files = [...manifestPlaces(ctx), ...(await extendedConfigs(config)), ...strayConfigs(root)];
  return { python: "packages", files: files.map((file) => relative(root, file)) };
}
