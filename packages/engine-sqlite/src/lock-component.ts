import { lstatSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { checkComponentName, TowpathError } from "@towpath/core";
import { sqlite } from "./sqlite.ts";
import { isOwn, makeFile, makeStateFolder } from "./state-folder.ts";
import { result, resultCode, storageError } from "./storage-error.ts";

/** Who holds a component: words for a message, never the ground for a decision. */
export interface OwnerInfo {
  readonly run: string;
  readonly pid: number;
  readonly host: string;
  /** ISO time. */
  readonly startedAt: string;
}

/** Which component is locked, and for whom. */
export interface LockOptions {
  /** Absolute path of the repository; the locks lie in `.towpath/locks` below it. */
  readonly root: string;
  readonly component: string;
  readonly owner: OwnerInfo;
}

/** The sole right to work on a component. */
export interface Hold {
  /** Gives it back. The end of the process does so too, however it comes. */
  release(): void;
}

/**
 * Time in milliseconds in which several that ask at the same moment sort out who comes first: while they ask, each of
 * them is in the others' way for an instant, and without it all could be refused.
 */
const patienceMs = 50;

/** Keeps the connections of held locks: one that nobody refers to is closed, and its lock is gone. */
const held = new Set<DatabaseSync>();

/**
 * Takes a component for this process alone. The kernel holds the lock, so it is free at the moment the process ends,
 * and only then: a stopped process keeps it, a left-over file holds nothing, and children do not inherit it.
 * @throws {TowpathError} TP6101 naming run, process and host of the owner; TP1003 on a name that is none, TP1005 when a
 * link stands in place of a file, TP6102 when there can be no lock
 * @example const hold = lockComponent({ root, component: "cart", owner }); try { … } finally { hold.release(); }
 */
export function lockComponent({ root, component, owner }: LockOptions): Hold {
  checkComponentName(component);
  const folder = makeStateFolder(root, "locks");
  const path = join(folder, `${component}.lock`);
  const info = join(folder, `${component}.json`);
  let db: DatabaseSync | undefined;
  try {
    if (!isOwn(path, "file")) makeFile(path, "");
    db = new (sqlite().DatabaseSync)(path, { timeout: patienceMs });
    // Nothing is ever written to it, so there is nothing to roll back from a file.
    db.exec("pragma journal_mode = memory; begin exclusive");
  } catch (cause) {
    db?.close();
    if (resultCode(cause) === result.busy) throw owned(component, readOwner(info));
    throw storageError(cause, path);
  }
  const lock = db;
  held.add(lock);
  writeOwner(info, owner);
  return {
    release() {
      if (!held.delete(lock)) return;
      try {
        // First: afterwards it may be another's.
        rmSync(info, { force: true });
      } catch {
        // It is only words.
      }
      lock.close();
    },
  };
}

function owned(component: string, owner: OwnerInfo | undefined): TowpathError {
  const who =
    owner === undefined
      ? "another process"
      : `run ${owner.run} (process ${owner.pid} on ${owner.host}, since ${owner.startedAt})`;
  return new TowpathError("TP6101", {
    message: `${who} owns ${component}`,
    ...(owner === undefined
      ? {}
      : {
          fix: [
            `Wait for it, or go on with it: towpath resume ${owner.run}`,
            "towpath run … --supersede takes its place.",
          ],
        }),
  });
}

/** Renamed into place, so that nobody reads half of it. Without it the lock is as good. */
function writeOwner(path: string, owner: OwnerInfo): void {
  const unfinished = `${path}.${process.pid}`;
  try {
    rmSync(unfinished, { force: true });
    makeFile(unfinished, `${JSON.stringify(owner)}\n`);
    renameSync(unfinished, path);
  } catch {
    rmSync(unfinished, { force: true });
  }
}

/** The file may be old, of somebody else's making, or missing; what does not look right is not repeated. */
function readOwner(path: string): OwnerInfo | undefined {
  try {
    const found = lstatSync(path);
    if (!found.isFile() || found.size > 4096) return undefined;
    const value: unknown = JSON.parse(readFileSync(path, "utf8"));
    return isOwner(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isOwner(value: unknown): value is OwnerInfo {
  if (typeof value !== "object" || value === null) return false;
  const { run, pid, host, startedAt } = value as Partial<Record<keyof OwnerInfo, unknown>>;
  const looksLike = (part: unknown, pattern: RegExp): boolean =>
    typeof part === "string" && pattern.test(part);
  return (
    looksLike(run, /^[\w.:-]{1,100}$/) &&
    Number.isSafeInteger(pid) &&
    looksLike(host, /^[\w.:-]{1,255}$/) &&
    looksLike(startedAt, /^[\d.:TZ+-]{1,40}$/)
  );
}
