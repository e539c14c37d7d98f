import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Breakage } from "@towpath/core";

/**
 * The configuration that pyright, started at `path`, would read: the nearest `pyrightconfig.json` above, else the
 * nearest `pyproject.toml` above with a `tool.pyright` table. It does not stop at the repository's root, but what lies
 * beyond is no part of what evidence is bound to.
 * @param root absolute path of the repository
 * @param path absolute path inside of it
 * @returns absolute path, or nothing when pyright would use its defaults
 * @throws {Breakage} `tool-config` when pyright would read a file outside the repository
 */
export async function findConfig(root: string, path: string): Promise<string | undefined> {
  const folders = upwards(path);
  const own = folders.slice(0, folders.indexOf(root) + 1);
  const found = (await nearest(own, configIn)) ?? (await nearest(own, tableIn));
  if (found !== undefined) return found;
  const foreign = upwards(dirname(root));
  const stray = (await nearest(foreign, configIn)) ?? (await nearest(foreign, tableIn));
  if (stray === undefined) return undefined;
  throw new Breakage("tool-config", {
    message: "pyright would read a configuration outside the repository",
    where: [stray],
    fix: ["Configure pyright in the repository: a `pyrightconfig.json` with `{}` keeps its defaults."],
  });
}

/** Files outside the repository that would be pyright's configuration if they were there. */
export function strayConfigs(root: string): readonly string[] {
  return upwards(dirname(root)).flatMap((folder) => [
    join(folder, "pyrightconfig.json"),
    join(folder, "pyproject.toml"),
  ]);
}

function upwards(path: string): readonly string[] {
  const parent = dirname(path);
  return parent === path ? [path] : [path, ...upwards(parent)];
}

async function nearest(
  folders: readonly string[],
  configuredBy: (folder: string) => Promise<string | undefined>,
): Promise<string | undefined> {
  for (const folder of folders) {
    const found = await configuredBy(folder);
    if (found !== undefined) return found;
  }
  return undefined;
}

async function configIn(folder: string): Promise<string | undefined> {
  const path = join(folder, "pyrightconfig.json");
  return (await read(path)) === undefined ? undefined : path;
}

async function tableIn(folder: string): Promise<string | undefined> {
  const path = join(folder, "pyproject.toml");
  const text = (await read(path)) ?? "";
  return /^\s*\[\s*tool\s*\.\s*"?pyright\b/m.test(text) ? path : undefined;
}

/** The text of a file, or nothing where there is none that can be read. */
async function read(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch {
    return undefined;
  }
}
