import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";

/**
 * The files that pyright's configuration takes settings from by `extends`. Every text that could name one
 * counts, so that neither JSON with comments nor TOML must be parsed for it.
 * @param config absolute path of the configuration in force
 * @returns absolute paths, whether or not anything is there
 */
export async function extendedConfigs(config: string | undefined): Promise<readonly string[]> {
  const seen = new Set<string>();
  const open = config === undefined ? [] : [config];
  for (const path of open) {
    const text = await readFile(path, "utf8").catch(() => "");
    for (const [, name = ""] of text.matchAll(
      /\bextends["']?\s*[:=](?:\s|\/\*[^]*?\*\/|\/\/.*)*["']([^"'\n]+)["']/g,
    )) {
      const next = resolve(dirname(path), name);
      if (!seen.has(next)) open.push(next);
      seen.add(next);
    }
  }
  return [...seen];
}
