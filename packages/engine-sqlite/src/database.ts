import { randomBytes } from "node:crypto";
import { linkSync, lstatSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import type { DatabaseSync, DatabaseSyncOptions } from "node:sqlite";
import { createTables, migrate, versionOf } from "./schema.ts";
import { sqlite, walIsSafe } from "./sqlite.ts";
import { isOwn, makeFile, syncFolder } from "./state-folder.ts";
import { damage, storageError } from "./storage-error.ts";

/** How long one process waits for another's transaction, in milliseconds. */
const patienceMs = 5000;

/**
 * Opens a connection that believes nothing that the file says about code.
 * @param place path or `file:` URL, or `:memory:`
 */
export function connect(place: string | URL, options: DatabaseSyncOptions = {}): DatabaseSync {
  const db = new (sqlite().DatabaseSync)(place, { timeout: patienceMs, ...options });
  db.exec("pragma trusted_schema = off; pragma foreign_keys = on; pragma cell_size_check = on");
  return db;
}

/**
 * Opens a journal for writing; every commit is on the disk before it returns. Makes the journal if there is none.
 * @param now epoch milliseconds
 * @throws {TowpathError} TP1005, TP6102, TP6104, TP6106 or TP6109
 */
export function openDatabase(path: string, now: number): DatabaseSync {
  let db: DatabaseSync | undefined;
  try {
    if (!journalExists(path)) create(path, now);
    db = connect(path);
    migrate(db, path, versionOf(db, path));
    makeDurable(db);
    // SQLite opens what it cannot write for reading, and says so only to the first who writes.
    db.exec("begin immediate; update meta set id = id; rollback");
    return db;
  } catch (cause) {
    db?.close();
    throw storageError(cause, path);
  }
}

/**
 * Whether there is a journal. One without a byte is none that we made, as they appear complete.
 * @throws {TowpathError} TP1005 when a link stands in its place, TP6106 when it is empty
 */
export function journalExists(path: string): boolean {
  for (const suffix of ["-wal", "-shm", "-journal", ".bak"]) isOwn(path + suffix, "file");
  if (!isOwn(path, "file")) return false;
  if (lstatSync(path, { throwIfNoEntry: false })?.size === 0) throw damage(path, "it is empty");
  return true;
}

/** Made aside and linked into place: nobody ever sees half a journal, and of several makers the first one wins. */
function create(path: string, now: number): void {
  const unfinished = `${path}.${randomBytes(4).toString("hex")}.new`;
  try {
    makeFile(unfinished, "");
    const db = connect(unfinished);
    try {
      // In this order: what stands in a log does not come along.
      db.exec("pragma synchronous = full");
      createTables(db, now);
      makeDurable(db);
    } finally {
      db.close();
    }
    linkSync(unfinished, path);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  } finally {
    for (const suffix of ["", "-wal", "-shm", "-journal"]) rmSync(unfinished + suffix, { force: true });
  }
  syncFolder(dirname(path));
}

function makeDurable(db: DatabaseSync): void {
  const mode = walIsSafe(process.versions["sqlite"]) ? "wal" : "delete";
  db.exec(`pragma journal_mode = ${mode}; pragma synchronous = full`);
}
