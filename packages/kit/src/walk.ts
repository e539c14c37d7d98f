import { statSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { mapBounded } from "./map-bounded.ts";

/** What is never source where no `.gitignore` says so, and `*.egg-info`. `.deploy` is where releases are put. */
const neverSource: ReadonlySet<string> = new Set(
  (
    ".git .hg .svn .towpath .deploy .venv venv node_modules __pycache__ .eggs .tox .nox .mypy_cache .pytest_cache " +
    ".ruff_cache .hypothesis .cache build dist htmlcov"
  ).split(" "),
);

/**
 * The files and links below paths, without environments, dependencies and caches. A path that is named is looked at,
 * whatever it is called.
 * @param paths POSIX, relative to the root; each exists
 */
export async function walkedFiles(root: string, paths: readonly string[]): Promise<string[]> {
  const isFolder = (path: string): boolean => statSync(join(root, path)).isDirectory();
  const found = await mapBounded(paths, 16, async (path) => (isFolder(path) ? walk(root, path) : [path]));
  return found.flat();
}

async function walk(root: string, folder: string): Promise<string[]> {
  const entries = await readdir(join(root, folder), { withFileTypes: true });
  const found = await mapBounded(entries, 16, async (entry) => {
    const path = folder === "." ? entry.name : `${folder}/${entry.name}`;
    if (!entry.isDirectory()) return [path];
    return neverSource.has(entry.name) || entry.name.endsWith(".egg-info") ? [] : walk(root, path);
  });
  return found.flat();
}
