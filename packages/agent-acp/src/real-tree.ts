import { randomUUID } from "node:crypto";
import { chmod, copyFile, cp, lstat, mkdir, rename, rm, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Breakage, type GateContext, type Violation } from "@towpath/core";
import { mapBounded } from "@towpath/kit";
import { type FileState, isSame, stateOf } from "./file-state.ts";
import { makeKeptFolder } from "./kept-folder.ts";
import { gitSettings, type WorkingCopy } from "./working-copy.ts";

/** Bytes of the largest file that is copied to be kept. */
const largestCopy = 1024 * 1024 * 1024;

/** What became of the real tree while an agent worked. */
export interface RealTree {
  /** Each file that was changed, made or removed; empty when the tree is as it was. */
  readonly violations: readonly Violation[];
  /** The folder in which what stood there is kept, relative to the root. */
  readonly kept?: string;
}

/**
 * Looks whether the real tree is as it was before the round, and puts back what is not. Nobody can tell who changed it,
 * so nothing is thrown away: what stood there is kept below `.towpath/kept`.
 * @throws {Breakage} `environment` when a file cannot be put back, as the copy of it was changed, too
 */
export async function checkRealTree(copy: WorkingCopy, ctx: GateContext): Promise<RealTree> {
  const { root } = ctx.workspace;
  const known = new Map([...copy.files, ...copy.watched]);
  const looked = await mapBounded([...known], 16, async ([path, state]) =>
    isSame(state, await ownState(root, path, state)) ? undefined : path,
  );
  const changed = looked.filter((path) => path !== undefined);
  const made = await newFiles(copy, ctx);
  if (changed.length + made.length === 0) return { violations: [] };

  const { name, path: kept } = await makeKeptFolder(ctx);
  const lost: string[] = [];
  for (const path of made) await putAside(root, path, kept);
  for (const path of changed) {
    const state = known.get(path);
    if (state !== undefined && !(await putBack(root, copy.pristine, { path, state, kept }))) lost.push(path);
  }
  if (lost.length > 0) {
    throw new Breakage("environment", {
      message: `${lost.length} files of the repository changed while the agent worked, and cannot be put back`,
      why: "The copy from which they would be put back was changed as well.",
      where: lost,
      fix: ["git status", "git diff", "Look at the files, and restore them from version control."],
    });
  }
  const violations = [...changed, ...made].toSorted().map((path) => ({
    rule: "real-tree",
    path,
    detail: `the repository itself was changed while the agent worked in its copy; it was put back, and what stood there is kept in ${name}`,
  }));
  return { violations, kept: name };
}

/** What stands at a path; a folder on the way that is a link counts as gone. */
async function ownState(root: string, path: string, before: FileState): Promise<FileState | undefined> {
  const folders = path.split("/").slice(0, -1);
  for (let depth = 1; depth <= folders.length; depth++) {
    const stats = await lstat(join(root, ...folders.slice(0, depth))).catch(() => undefined);
    if (stats?.isDirectory() !== true) return undefined;
  }
  return stateOf(root, path, before);
}

/** Listed files that were not there before. A file that is older than the round was only not listed. */
async function newFiles(copy: WorkingCopy, ctx: GateContext): Promise<readonly string[]> {
  ctx.workspace.forget?.();
  const { files } = await ctx.workspace.list(["."]);
  const found: string[] = [];
  for (const path of [...files, ...(await gitSettings(ctx.workspace.root))]) {
    if (copy.files.has(path) || copy.watched.has(path)) continue;
    const stats = await lstat(join(ctx.workspace.root, path)).catch(() => undefined);
    if (stats !== undefined && stats.ctimeMs >= copy.began) found.push(path);
  }
  return found;
}

interface PutBack {
  readonly path: string;
  readonly state: FileState;
  readonly kept: string;
}

async function putBack(root: string, pristine: string, { path, state, kept }: PutBack): Promise<boolean> {
  if (state.kind === "file" && !isSame(state, await ownState(pristine, path, state))) return false;
  await makeWay(root, path, kept);
  await putAside(root, path, kept);
  const target = join(root, path);
  if (state.kind === "link") {
    await symlink(state.target, target);
    return true;
  }
  if (state.kind !== "file") return true;
  const temporary = join(dirname(target), `.${randomUUID()}.tmp`);
  await copyFile(join(pristine, path), temporary);
  await chmod(temporary, state.mode);
  await rename(temporary, target);
  return true;
}

/** Makes the folders of a file; what stands in their place goes aside. */
async function makeWay(root: string, path: string, kept: string): Promise<void> {
  const folders = path.split("/").slice(0, -1);
  for (let depth = 1; depth <= folders.length; depth++) {
    const folder = folders.slice(0, depth).join("/");
    const stats = await lstat(join(root, folder)).catch(() => undefined);
    if (stats?.isDirectory() === true) continue;
    if (stats !== undefined) await putAside(root, folder, kept);
    await mkdir(join(root, folder));
  }
}

/**
 * Takes away what stands at a path, and keeps it.
 * @throws {Breakage} `environment` for a file that is too large to be copied to another file system
 */
async function putAside(root: string, path: string, kept: string): Promise<void> {
  const from = join(root, path);
  const stats = await lstat(from).catch(() => undefined);
  if (stats === undefined) return;
  const to = join(kept, path);
  await mkdir(dirname(to), { recursive: true, mode: 0o700 });
  try {
    await rename(from, to);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EXDEV")) throw error;
    if (stats.size > largestCopy) {
      const message = `${path} changed while the agent worked, and is too large to be put aside`;
      throw new Breakage("environment", {
        message,
        where: [path],
        fix: ["Restore it from version control."],
      });
    }
    await cp(from, to, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
    await rm(from, { recursive: true });
  }
}
