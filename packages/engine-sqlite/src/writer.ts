import type { DatabaseSync } from "node:sqlite";
import { TowpathError } from "@towpath/core";
import type { Ballast } from "./ballast.ts";
import type { JournalFaults } from "./journal-faults.ts";
import { result, resultCode, storageError } from "./storage-error.ts";

/**
 * Does something in a transaction of its own: all of it is on the disk when it returns, or nothing is written.
 * @param what in a few words
 * @throws {TowpathError} TP6102, TP6106 or TP6109, and whatever `work` throws
 */
export type Write = <T>(what: string, work: () => T) => T;

/** Writes to a journal. */
export function createWriter(db: DatabaseSync, path: string, ballast: Ballast, faults: JournalFaults): Write {
  const begin = db.prepare("begin immediate");
  const commit = db.prepare("commit");
  let count = 0;
  let lost: unknown;

  return (what, work) => {
    if (lost !== undefined) {
      throw new TowpathError("TP6102", {
        message: `${path} could not be written before, so nobody knows whether "${String(lost)}" is in it`,
        why: "After such an error a second try may seem to succeed while the first is lost.",
        fix: ["Look at the disk, then: towpath resume"],
        where: [path],
      });
    }
    let value;
    try {
      begin.run();
      value = work();
      count += 1;
      faults.before?.(count, what);
      commit.run();
    } catch (cause) {
      const code = resultCode(cause);
      if (code === result.ioError) lost = what;
      undo(db);
      if (code === result.full) ballast.drop();
      throw storageError(cause, path);
    }
    faults.after?.(count, what);
    ballast.load();
    return value;
  };
}

/** After some errors SQLite has rolled back by itself, and after others it cannot; the first error is the one to tell. */
function undo(db: DatabaseSync): void {
  try {
    if (db.isTransaction) db.exec("rollback");
  } catch {
    // The next transaction will say so.
  }
}
