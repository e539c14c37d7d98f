import { existsSync, lstatSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import { Breakage, type Exec, type Workspace } from "@towpath/core";
import { gitFiles } from "./git-files.ts";
import { isInside } from "./inside.ts";
import { toRepoPath } from "./paths.ts";
import { excerpt } from "./text.ts";
import { byCodeUnit, treeDigest } from "./tree-digest.ts";
import { walkedFiles } from "./walk.ts";

/**
 * Opens the checked tree. Files are listed by git, so that what it ignores is no candidate; where git is missing, or
 * the tree is no part of a repository that knows it, they are found by walking, without environments and caches.
 * @param root absolute path of the tree's root; a repository's root may lie above it
 * @param exec how git is started
 * @throws what `realpath` throws when the root does not exist
 */
export async function createWorkspace(root: string, exec: Exec): Promise<Workspace> {
  const real = realpathSync.native(root);
  let listed: Promise<readonly string[] | undefined> | undefined;
  /** Everything that git lists, asked for once; `undefined` where git does not know the tree. */
  const allOfGit = (): Promise<readonly string[] | undefined> => {
    listed ??= gitFiles(real, exec).catch((error: unknown) => {
      listed = undefined;
      throw error;
    });
    return listed;
  };
  return {
    root: real,
    forget() {
      listed = undefined;
    },
    async list(paths) {
      const named = paths.map((path) => ({ path, name: toRepoPath(real, path) }));
      const exists = ({ name }: { name: string }): boolean => existsSync(join(real, name));
      const missing = named.filter((one) => !exists(one)).map(({ path }) => path);
      const present = named.filter(exists).map(({ name }) => folderBehind(real, name));
      if (present.length === 0) return { files: [], missing };
      const known = await allOfGit();
      const found = known?.filter((file) => isBelow(file, present)) ?? (await walkedFiles(real, present));
      const files = found.filter((file) => isOwnFile(real, file));
      return { files: [...new Set(files)].toSorted(byCodeUnit), missing };
    },
    digest: (files) => treeDigest(real, files),
  };
}

function isBelow(file: string, paths: readonly string[]): boolean {
  return paths.some((path) => path === "." || file === path || file.startsWith(`${path}/`));
}

/** The folder to which a link leads: git lists the link itself and not what is below it. */
function folderBehind(root: string, name: string): string {
  const path = join(root, name);
  return statSync(path).isDirectory() ? toRepoPath(root, realpathSync.native(path)) : name;
}

/** Whether a listed name is a file of the tree: it exists, is no folder, leads nowhere outside, is not ours. */
function isOwnFile(root: string, file: string): boolean {
  if (/^\.(?:towpath|git)\//.test(file)) return false;
  const path = join(root, file);
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined && /\ufffd|\*\*\*/.test(file)) {
    const message = `a file cannot be checked, as its name is no UTF-8 or holds a secret: ${excerpt(file, 200)}`;
    throw new Breakage("environment", { message, fix: ["Rename the file."] });
  }
  if (stats?.isSymbolicLink() !== true) return stats?.isFile() === true;
  return leadsToFileInside(root, path);
}

function leadsToFileInside(root: string, link: string): boolean {
  try {
    const real = realpathSync.native(link);
    return isInside(root, real) && lstatSync(real).isFile();
  } catch {
    return false;
  }
}
