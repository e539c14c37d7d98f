import { copyFileSync, lstatSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { DatabaseSync } from "node:sqlite";
import { connect, journalExists } from "./database.ts";
import { createTables, schemaVersion, versionOf } from "./schema.ts";
import { result, resultCode, storageError } from "./storage-error.ts";
import { TowpathError } from "@towpath/core";

/** A journal that is only read. */
export interface ReadOnly {
  readonly db: DatabaseSync;
  /** Closes it and removes what was made to read it. */
  close(): void;
}

/**
 * Opens a journal without changing it. A journal that is not there reads like an empty one.
 * @param now epoch milliseconds
 * @throws {TowpathError} TP1005, TP6102, TP6104 or TP6106
 */
export function openReadOnly(path: string, now: number): ReadOnly {
  try {
    if (!journalExists(path)) return nothing(now);
    try {
      return checked(path, connect(path, { readOnly: true }));
    } catch (error) {
      if (!needsToWrite(error)) throw error;
      return onReadOnlyDisk(path);
    }
  } catch (cause) {
    throw storageError(cause, path);
  }
}

function nothing(now: number): ReadOnly {
  const db = connect(":memory:");
  createTables(db, now);
  return { db, close: () => db.close() };
}

function checked(path: string, db: DatabaseSync, clean: () => void = () => undefined): ReadOnly {
  const close = (): void => {
    db.close();
    clean();
  };
  try {
    const version = versionOf(db, path);
    if (version < schemaVersion) {
      throw new TowpathError("TP6102", {
        message: `${path} is of version ${version} and must be migrated to ${schemaVersion}, which needs to write it`,
        where: [path],
      });
    }
    return { db, close };
  } catch (error) {
    close();
    throw error;
  }
}

/** Even a reader of a WAL journal needs files beside it, and one that was not closed must be repaired first. */
function needsToWrite(error: unknown): boolean {
  const code = resultCode(error);
  return code === result.cannotOpen || code === result.readOnly || code === result.ioError;
}

/** Nobody writes there, so a journal that was closed is read in place, and any other from a copy with its log. */
function onReadOnlyDisk(path: string): ReadOnly {
  const logs = ["-wal", "-journal"].filter(
    (suffix) => (lstatSync(path + suffix, { throwIfNoEntry: false })?.size ?? 0) > 0,
  );
  if (logs.length === 0) {
    const url = pathToFileURL(path);
    url.searchParams.set("immutable", "1");
    return checked(path, connect(url, { readOnly: true }));
  }
  const folder = mkdtempSync(join(tmpdir(), "towpath-journal-"));
  const clean = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    const copy = join(folder, "journal.db");
    for (const suffix of ["", ...logs]) copyFileSync(path + suffix, copy + suffix);
    return checked(path, connect(copy), clean);
  } catch (error) {
    clean();
    throw error;
  }
}
