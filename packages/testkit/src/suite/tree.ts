import { createHash } from "node:crypto";
import { readdir, readFile, readlink } from "node:fs/promises";
import { join, relative, sep } from "node:path";

/** The files of a folder: digest of the content by POSIX path. */
export type Tree = ReadonlyMap<string, string>;

/** Reads a folder, links unfollowed; the folders of git and of Towpath itself are left out. */
export async function treeOf(root: string): Promise<Tree> {
  const tree = new Map<string, string>();
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const name = relative(root, path).split(sep).join("/");
    if (/^\.(?:git|towpath)(?:$|\/)/.test(name) || entry.isDirectory()) continue;
    const content = entry.isSymbolicLink() ? await readlink(path) : await readFile(path);
    tree.set(name, createHash("sha256").update(content).digest("hex"));
  }
  return tree;
}

/** Paths that were made, changed or removed, unless they lie below one of `allowed`. */
export function changedPaths(before: Tree, after: Tree, allowed: readonly string[]): readonly string[] {
  const paths = [...new Set([...before.keys(), ...after.keys()])];
  return paths
    .filter((path) => before.get(path) !== after.get(path))
    .filter((path) => !allowed.some((place) => path === place || path.startsWith(`${place}/`)))
    .toSorted();
}
