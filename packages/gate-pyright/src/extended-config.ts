import { readFile } from "node:fs/promises";
import { dirname, relative, resolve } from "node:path";
import type { GateContext } from "@towpath/core";

/**
 * Digest of the files that pyright's configuration takes settings from by `extends`. Every text that could name one
 * counts, so that neither JSON with comments nor TOML must be parsed for it.
 * @param config absolute path of the configuration in force
 */
export async function extendedConfig(
  { workspace }: GateContext,
  config: string | undefined,
): Promise<string> {
  const seen = new Set<string>();
  const open = config === undefined ? [] : [config];
  for (const path of open) {
    const text = await readFile(path, "utf8").catch(() => "");
    for (const [, name = ""] of text.matchAll(/\bextends["']?\s*[:=]\s*["']([^"'\n]+)["']/g)) {
      const next = resolve(dirname(path), name);
      if (!seen.has(next)) open.push(next);
      seen.add(next);
    }
  }
  return workspace.digest([...seen].map((path) => relative(workspace.root, path)));
}
