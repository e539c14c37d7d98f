import { randomBytes } from "node:crypto";
import { lstat, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TowpathError, type Journal } from "@towpath/core";

/** Runs that are kept beside those that are not over; older ones are removed. */
const kept = 50;

/** Where a run keeps its files. */
export interface RunFolder {
  readonly id: string;
  /** Absolute path; `.towpath/runs/<id>`, or a temporary folder when the repository cannot be written. */
  readonly path: string;
  /** False when nothing can be stored. */
  readonly stored: boolean;
}

/**
 * Makes the folder of a new run and removes the oldest ones, with what the journal holds of their steps and events.
 * Runs that can be resumed are kept, and so are evidence, facts and sessions.
 * @param root absolute repository root
 * @param needed whether a repository that cannot be written is an error; otherwise a temporary folder is taken
 * @param sinks names of the sinks that must have taken a run's events before it is removed
 * @throws {TowpathError} TP6002 when it is needed and cannot be made, TP1005 when a link stands in its place
 */
export async function makeRunFolder(
  root: string,
  now: number,
  needed: boolean,
  journal: Journal,
  sinks: readonly string[],
): Promise<RunFolder> {
  const stamp = new Date(now).toISOString().slice(0, 19).replaceAll(/[-:]/g, "").replace("T", "-");
  const id = `${stamp}-${randomBytes(2).toString("hex")}`;
  const runs = join(root, ".towpath", "runs");
  const path = join(runs, id);
  await refuseLink(join(root, ".towpath"));
  await refuseLink(runs);
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
    await ignoreInGit(root);
    await prune(root, journal, kept, sinks);
    return { id, path, stored: true };
  } catch (cause) {
    if (needed)
      throw new TowpathError("TP6002", { message: `${runs} cannot be written`, where: [runs], cause });
    return { id, path: await mkdtemp(join(tmpdir(), "towpath-")), stored: false };
  }
}

/** The ids of the stored runs, oldest first. */
export async function storedRuns(root: string): Promise<readonly string[]> {
  try {
    return (await readdir(join(root, ".towpath", "runs"))).filter((name) => runId.test(name)).toSorted();
  } catch {
    // No folder: no runs.
    return [];
  }
}

/** What a run's id looks like. */
export const runId: RegExp = /^\d{8}-\d{6}-[0-9a-f]{4}$/;

/** A link in place of our folder could make us write, or remove old runs, anywhere. */
async function refuseLink(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined || found.isDirectory()) return;
  throw new TowpathError("TP1005", { message: `${path} is not a folder of its own`, where: [path] });
}

/** Never through a link, which could lead to a file of somebody else's. */
async function ignoreInGit(root: string): Promise<void> {
  await writeFile(join(root, ".towpath", ".gitignore"), "*\n", { flag: "wx" }).catch((error: unknown) => {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  });
}

/**
 * Removes all but the newest runs that are over.
 * @param keep how many stay
 * @param sinks names of the sinks that must have taken a run's events before it is removed
 * @returns the ids of those that went
 */
export async function prune(
  root: string,
  journal: Journal,
  keep: number,
  sinks: readonly string[] = [],
): Promise<readonly string[]> {
  const open = new Set(journal.runs({ open: true }).map(({ id }) => id));
  const ids = (await storedRuns(root)).filter((id) => !open.has(id));
  const taken = Math.min(...sinks.map((sink) => journal.cursor(sink)));
  const old = ids
    .slice(0, Math.max(0, ids.length - keep))
    .filter((run) => sinks.length === 0 || journal.events({ run, after: taken, limit: 1 }).length === 0);
  for (const id of old) {
    // One that cannot be removed is kept.
    await rm(join(root, ".towpath", "runs", id), { recursive: true, force: true }).catch(() => undefined);
  }
  if (old.length > 0) journal.prune(old);
  return old;
}

/** The folder of a run that is resumed; made again where it is gone. */
export async function folderOfRun(root: string, id: string): Promise<RunFolder> {
  const path = join(root, ".towpath", "runs", id);
  await refuseLink(join(root, ".towpath"));
  await refuseLink(join(root, ".towpath", "runs"));
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new TowpathError("TP6002", { message: `${path} cannot be written`, where: [path], cause });
  }
  return { id, path, stored: true };
}
