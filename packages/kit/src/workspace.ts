import { createHash } from "node:crypto";
import { constants, existsSync, lstatSync, realpathSync, statSync } from "node:fs";
import { open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { Breakage, type Exec, type ExecResult, type Workspace } from "@towpath/core";
import { isInside } from "./inside.ts";
import { mapBounded } from "./map-bounded.ts";
import { toRepoPath } from "./paths.ts";
import { excerpt } from "./text.ts";

const mostListBytes = 256 * 1024 * 1024;
/** What is never source where no `.gitignore` says so. */
const neverSource: ReadonlySet<string> = new Set(
  (
    ".git .hg .svn .towpath .venv venv node_modules __pycache__ .eggs .tox .nox .mypy_cache .pytest_cache " +
    ".ruff_cache .hypothesis .cache build dist htmlcov"
  ).split(" "),
);

/**
 * Opens the checked tree. Files are listed by git, so that what it ignores is no candidate; where git is missing, or
 * the tree is no part of a repository that knows it, they are found by walking, without environments and caches.
 * @param root absolute path of the tree's root; a repository's root may lie above it
 * @param exec how git is started
 * @throws what `realpath` throws when the root does not exist
 */
export async function createWorkspace(root: string, exec: Exec): Promise<Workspace> {
  const real = realpathSync.native(root);
  let known: Promise<boolean> | undefined;
  return {
    root: real,
    async list(paths) {
      const names = paths.map((path) => toRepoPath(real, path));
      const missing = paths.filter((_, index) => !existsSync(join(real, names[index] ?? "")));
      const present = names.filter((name) => existsSync(join(real, name)));
      if (present.length === 0) return { files: [], missing };
      known ??= isKnownToGit(exec).catch((error: unknown) => {
        known = undefined;
        throw error;
      });
      const listed = (await known) ? await gitFiles(present, exec) : await walkedFiles(real, present);
      const files = listed.filter((file) => isOwnFile(real, file));
      return { files: [...new Set(files)].toSorted(byCodeUnit), missing };
    },
    digest: (files) => digest(real, files),
  };
}

/**
 * Whether git is there, the tree is part of a repository, and that repository does not ignore all of it.
 * @throws {Breakage} `environment` when git can be neither run nor missed
 */
async function isKnownToGit(exec: Exec): Promise<boolean> {
  const prefix = await git(exec, ["rev-parse", "--show-prefix"]);
  const absent = ["ENOENT", "EACCES"].includes(prefix.startError?.code ?? "");
  if (prefix.status !== "exited" && !absent) throw unlisted(prefix);
  if (prefix.code !== 0) return false;
  if (prefix.stdout.trim() === "") return true;
  return (await git(exec, ["check-ignore", "--quiet", "--", "."])).code === 1;
}

async function gitFiles(names: readonly string[], exec: Exec): Promise<string[]> {
  const args = [
    "--literal-pathspecs",
    "ls-files",
    "-z",
    "--cached",
    "--others",
    "--exclude-standard",
    "--",
    ...names.map((name) => `./${name}`),
  ];
  const listed = await git(exec, args);
  if (listed.code !== 0 || listed.droppedBytes > 0) throw unlisted(listed);
  return listed.stdout.split("\0").filter((file) => file !== "");
}

function unlisted({ status, stderr, startError }: ExecResult): Breakage {
  const why = excerpt(stderr || (startError?.message ?? status));
  return new Breakage("environment", { message: "git could not list the files of the tree", why });
}

/** Git, kept from running anything that the tree configures. */
function git(exec: Exec, args: readonly string[]): Promise<ExecResult> {
  const safe = ["-c", "core.fsmonitor=", "-c", "core.hooksPath=/dev/null"];
  return exec({
    command: "git",
    args: [...safe, ...args],
    env: { GIT_TERMINAL_PROMPT: "0", GIT_OPTIONAL_LOCKS: "0" },
    maxOutputBytes: mostListBytes,
  });
}

async function walkedFiles(root: string, names: readonly string[]): Promise<string[]> {
  const found = await Promise.all(
    names.map((name) => (statSync(join(root, name)).isDirectory() ? walk(root, name) : [name])),
  );
  return found.flat();
}

/** The files and links below a folder. */
async function walk(root: string, folder: string): Promise<string[]> {
  const entries = await readdir(join(root, folder), { withFileTypes: true });
  const found = await mapBounded(entries, 16, async (entry) => {
    const path = folder === "." ? entry.name : `${folder}/${entry.name}`;
    if (!entry.isDirectory()) return [path];
    return neverSource.has(entry.name) || entry.name.endsWith(".egg-info") ? [] : walk(root, path);
  });
  return found.flat();
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

async function digest(root: string, files: readonly string[]): Promise<string> {
  const names = [...new Set(files)].toSorted(byCodeUnit);
  const contents = await mapBounded(names, 16, (name) => contentDigest(join(root, name)));
  const hash = createHash("sha256");
  for (const [index, name] of names.entries()) hash.update(`${JSON.stringify([name, contents[index]])}\n`);
  return hash.digest("hex");
}

/** sha256 of a file's contents, or null where there is no regular file. */
async function contentDigest(path: string): Promise<string | null> {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      if (!(await file.stat()).isFile()) return null;
      const hash = createHash("sha256");
      for await (const chunk of file.createReadStream({ autoClose: false })) hash.update(chunk);
      return hash.digest("hex");
    } finally {
      await file.close();
    }
  } catch (error) {
    // ENOTDIR: what would be its folder is a file.
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR"))
      return null;
    throw error;
  }
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
