import { chmod, mkdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Breakage } from "@towpath/core";
import { toRepoPath, writeAtomic } from "@towpath/kit";
import type { Change } from "./changes.ts";
import { isSame, readWhole, stateOf } from "./file-state.ts";

/** A file as it was before it was written over. */
interface Undo {
  readonly path: string;
  readonly bytes?: Buffer;
  readonly mode: number;
}

/**
 * Brings judged changes into the real tree, each file as a whole. All of them are looked at first; when one cannot be
 * written, those that were get their old contents back.
 * @throws {Breakage} `mismatch` when a file is not what the copy was made from; {TowpathError} TP1005 when its folder
 *   leads out of the repository
 */
export async function applyChanges(root: string, changes: readonly Change[]): Promise<void> {
  const moved: string[] = [];
  for (const { path, before } of changes) {
    toRepoPath(root, path);
    if (!isSame(before, await stateOf(root, path))) moved.push(path);
  }
  if (moved.length > 0) {
    throw new Breakage("mismatch", {
      message: `${moved.length} files were changed by somebody else while the agent worked: nothing was applied`,
      where: moved,
      fix: ["Finish the edit, and let the agent work again."],
    });
  }
  const done: Undo[] = [];
  try {
    for (const change of changes) done.push(await applyOne(root, change));
  } catch (error) {
    for (const undo of done.toReversed()) await takeBack(root, undo);
    throw error;
  }
}

async function applyOne(root: string, { path, before, after }: Change): Promise<Undo> {
  const target = join(root, path);
  const old = before?.kind === "file" ? await readWhole(target) : undefined;
  if (after === undefined) await rm(target);
  else await write(target, after.bytes, modeOf(before, after));
  return { path, ...(old?.bytes && { bytes: old.bytes }), mode: old?.state.mode ?? 0o644 };
}

/** Whoever may read it may still read it; whether it can be executed is the agent's to say. */
function modeOf(before: Change["before"], after: NonNullable<Change["after"]>): number {
  if (before?.kind === "file" && before.executable === after.executable) return before.mode;
  return after.executable ? 0o755 : 0o644;
}

async function takeBack(root: string, { path, bytes, mode }: Undo): Promise<void> {
  if (bytes === undefined) await rm(join(root, path), { force: true });
  else await write(join(root, path), bytes, mode);
}

async function write(target: string, bytes: Buffer, mode: number): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  await writeAtomic(target, bytes);
  await chmod(target, mode);
}
