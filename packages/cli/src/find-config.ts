import { stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { TowpathError } from "@towpath/core";
import { loadConfig, type LoadedConfig } from "@towpath/core/config";
import type { GlobalOptions } from "./global-options.ts";

/**
 * The configuration that applies in a folder.
 * @throws {TowpathError} TP1201 when there is none
 */
export async function findConfig(options: GlobalOptions): Promise<LoadedConfig> {
  const loaded = await loadConfig({
    from: options.cwd,
    until: await searchEnd(options.cwd),
    ...(options.config === undefined ? {} : { file: options.config }),
    trusted: options.trusted,
  });
  if (loaded) return loaded;
  throw new TowpathError("TP1201", { message: `no configuration in ${options.cwd} or above it` });
}

/** The search for a configuration ends at the folder with `.git`; without one it does not leave `cwd`. */
export async function searchEnd(cwd: string): Promise<string> {
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    if (await exists(join(folder, ".git"))) return folder;
    if (folder === dirname(folder)) return resolve(cwd);
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch {
    return false;
  }
}
