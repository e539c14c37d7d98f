import { constants as modes, type Dirent } from "node:fs";
import { copyFile, lstat, mkdir, readdir, readlink, realpath, rm, stat, symlink } from "node:fs/promises";
import { randomUUID } from "node:crypto";
import { dirname, join, relative } from "node:path";
import { Breakage, type GateContext } from "@towpath/core";
import { mapBounded } from "@towpath/kit";
import { type EnvironmentState, environmentState } from "./environment-state.ts";
import { type FileState, stateOf } from "./file-state.ts";

/** The repository's files as they were before a round, and a copy of them to work in. */
export interface WorkingCopy {
  /** Absolute real path of the copy: the agent's working folder. */
  readonly folder: string;
  /** Absolute path of a second copy that nobody works in: what is put back from. */
  readonly pristine: string;
  /** Every listed file as it was, by POSIX path relative to the root. */
  readonly files: ReadonlyMap<string, FileState>;
  /** The links among them, as they are in the copy. */
  readonly links: ReadonlyMap<string, FileState>;
  /** Settings of git that are watched as well, in the same way; they are in `pristine` alone. */
  readonly watched: ReadonlyMap<string, FileState>;
  /** The Python environment that the copy links to, as it was; nothing where there is none. */
  readonly environment?: { readonly folder: string; readonly before: EnvironmentState };
  /** Epoch milliseconds by the clock of the file system: what is newer came during the round. */
  readonly began: number;
  /** Removes both copies. */
  remove(): Promise<void>;
}

/** What an agent could leave in a copy without meaning to; it is neither read nor applied. */
const leftovers =
  /(?:^|\/)(?:\.git|\.towpath|__pycache__|\.pytest_cache|\.ruff_cache|\.mypy_cache|\.hypothesis|\.coverage)(?:\/|$)|\.pyc$/;

/**
 * Copies the repository's files below the output folder, cloned where the file system can. Links stay links and lead
 * within the copy; an environment in `.venv` is linked, not copied.
 */
export async function makeWorkingCopy(ctx: GateContext): Promise<WorkingCopy> {
  const base = join(await realpath(ctx.outDir), `round-${randomUUID()}`);
  const remove = (): Promise<void> => rm(base, { recursive: true, force: true, maxRetries: 3 });
  try {
    return { ...(await filled(base, ctx)), remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function filled(base: string, ctx: GateContext): Promise<Omit<WorkingCopy, "remove">> {
  const { root } = ctx.workspace;
  const [folder, pristine] = [join(base, "work"), join(base, "before")];
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await mkdir(pristine, { mode: 0o700 });
  const began = (await lstat(pristine)).ctimeMs;
  ctx.workspace.forget?.();
  const { files: listed } = await ctx.workspace.list(["."]);
  const files = new Map<string, FileState>();
  const links = new Map<string, FileState>();
  await mapBounded(listed, 16, async (path) => {
    if (ctx.signal.aborted) throw new Breakage("cancelled", { message: "the agent was not started" });
    const state = await copyInto(root, pristine, path);
    if (state === undefined) return;
    files.set(path, state);
    const copied = await copyInto(pristine, folder, path);
    if (copied?.kind === "link") links.set(path, copied);
  });
  const watched = new Map<string, FileState>();
  for (const path of await gitSettings(root)) {
    const state = await copyInto(root, pristine, path);
    if (state !== undefined) watched.set(path, state);
  }
  const environment = join(root, ".venv");
  const isListed = listed.some((path) => path === ".venv" || path.startsWith(".venv/"));
  const copied = { folder, pristine, files, links, watched, began };
  if (isListed || !(await isFolder(environment))) return copied;
  await symlink(environment, join(folder, ".venv"));
  return { ...copied, environment: { folder: environment, before: await environmentState(environment) } };
}

async function isFolder(path: string): Promise<boolean> {
  const stats = await stat(path).catch(() => undefined);
  return stats?.isDirectory() === true;
}

/** A path that was found in a copy, and which is no left-over of tools. */
export interface Found {
  readonly path: string;
  readonly kind: "file" | "link" | "other";
}

/**
 * Everything that lies in a working copy now, without what tools leave behind. Links are not followed.
 * @param limit at most so many entries are looked at; more are `undefined`, as nobody works so
 */
export async function foundIn(copy: WorkingCopy, limit: number): Promise<readonly Found[] | undefined> {
  const found: Found[] = [];
  const queue = [""];
  let seen = 0;
  for (let folder = queue.pop(); folder !== undefined; folder = queue.pop()) {
    const entries = await readdir(join(copy.folder, folder), { withFileTypes: true });
    seen += entries.length;
    if (seen > limit) return undefined;
    for (const entry of entries) {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (path === ".venv" && entry.isSymbolicLink() && !copy.files.has(path)) continue;
      if (!copy.files.has(path) && leftovers.test(path) && !holdsKnown(copy, path)) continue;
      if (entry.isDirectory()) queue.push(path);
      else found.push({ path, kind: kindOf(entry) });
    }
  }
  return found;
}

function holdsKnown({ files }: WorkingCopy, folder: string): boolean {
  for (const path of files.keys()) if (path.startsWith(`${folder}/`)) return true;
  return false;
}

function kindOf(entry: Dirent): Found["kind"] {
  if (entry.isSymbolicLink()) return "link";
  return entry.isFile() ? "file" : "other";
}

/** Copies one file or link, and says what it is. */
async function copyInto(from: string, to: string, path: string): Promise<FileState | undefined> {
  const [source, target] = [join(from, path), join(to, path)];
  const stats = await lstat(source).catch(() => undefined);
  if (stats === undefined) return undefined;
  await mkdir(dirname(target), { recursive: true });
  if (stats.isSymbolicLink()) {
    await symlink(await inward(source), target);
    return stateOf(from, path);
  }
  if (!stats.isFile()) return undefined;
  await copyFile(source, target, modes.COPYFILE_FICLONE | modes.COPYFILE_EXCL);
  return stateOf(to, path);
}

/** Where a link leads, said so that it leads to the same file of the copy. */
async function inward(link: string): Promise<string> {
  const written = await readlink(link);
  return written.startsWith("/") ? relative(dirname(link), await realpath(link)).replace(/^$/, ".") : written;
}

/** Files by which git can be made to run something, or to overlook a file. */
export async function gitSettings(root: string): Promise<readonly string[]> {
  const folder = join(root, ".git");
  const stats = await lstat(folder).catch(() => undefined);
  if (stats?.isDirectory() !== true) return [];
  const hooks = await readdir(join(folder, "hooks")).catch(() => []);
  const named = ["config", "info/exclude", "info/attributes", ...hooks.map((hook) => `hooks/${hook}`)];
  return named.map((name) => `.git/${name}`);
}
