import { posix } from "node:path";
import type { GateContext } from "@towpath/core";
import { type ConfigFile, configFiles, configNames } from "./config-files.ts";

/**
 * The files that configure ruff for a component and do not lie under one of the gate's `configFiles` in or above its
 * folders: files that `extend` names, and what lies above the repository, which the native program reads where the
 * repository has nothing.
 * @returns paths relative to the root, whether or not anything is there
 * @throws {Breakage} tool-config, when a configuration cannot be read
 */
export async function distantConfigs({ component, workspace }: GateContext): Promise<readonly string[]> {
  const { root } = workspace;
  const files = configFiles(root);
  const extended = new Set<string>();
  for (const place of [...component.source, ...component.tests]) {
    let config: ConfigFile | undefined = await files.nearest(posix.join(root, place));
    while (config?.settings["extend"] !== undefined) {
      const path = posix.resolve(posix.dirname(config.path), String(config.settings["extend"]));
      if (extended.has(path)) break;
      extended.add(path);
      config = await files.read(path);
    }
  }
  return [...extended, ...above(root)].map((path) => posix.relative(root, path));
}

function above(root: string): readonly string[] {
  const parent = posix.dirname(root);
  if (parent === root) return [];
  return [...configNames.map((name) => posix.join(parent, name)), ...above(parent)];
}
