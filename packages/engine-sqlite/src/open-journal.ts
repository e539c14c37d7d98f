import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import {
  brokenAt,
  closedCircuit,
  request,
  settle,
  TowpathError,
  type Circuit,
  type Journal,
  type Message,
  type Sample,
  type StepRow,
} from "@towpath/core";
import { ballastAt } from "./ballast.ts";
import { readChain, readEvents, readLatest } from "./chains.ts";
import { openDatabase } from "./database.ts";
import type { JournalFaults } from "./journal-faults.ts";
import { openReadOnly } from "./read-only.ts";
import { integer, seal, statementsOf, text, unseal } from "./rows.ts";
import { pruneRuns, readRun, readRuns } from "./runs.ts";
import { isOwn, makeStateFolder } from "./state-folder.ts";
import { storageError } from "./storage-error.ts";
import { describeChange, writeChange } from "./write-change.ts";
import { createWriter, type Write } from "./writer.ts";

/** Where a journal lies, and how it is opened. */
export interface JournalOptions {
  /** Absolute path of the repository; the journal is `.towpath/journal.db` below it. */
  readonly root: string;
  /** The time in epoch milliseconds, written into a new journal. @default Date.now */
  readonly now?: () => number;
  /**
   * Nothing is written, not even on a disk that allows it; every change is refused with TP6102. A journal that is not
   * there reads like an empty one.
   * @default false
   */
  readonly readOnly?: boolean;
  /** For tests of crashes. @default none */
  readonly faults?: JournalFaults;
}

/**
 * Opens the journal of a repository. Several processes may have it open at once. Whatever `commit` has returned from
 * survives a crash and a loss of power.
 * @throws {TowpathError} TP1005 when a link stands in place of one of its files, TP6102 when it cannot be used, TP6104
 * when a newer version wrote it, TP6106 when it is damaged, TP6109 when the disk is full
 * @example const journal = openJournal({ root });
 */
export function openJournal({
  root,
  now = Date.now,
  readOnly = false,
  faults = {},
}: JournalOptions): Journal {
  const path = join(root, ".towpath", "journal.db");
  if (readOnly) {
    isOwn(join(root, ".towpath"), "folder");
    const { db, close } = openReadOnly(path, now());
    return journalOn(db, path, refuseToWrite(path), close);
  }
  const folder = makeStateFolder(root);
  const ballast = ballastAt(join(folder, "ballast"));
  const db = openDatabase(path, now());
  ballast.load();
  return journalOn(db, path, createWriter(db, path, ballast, faults), () => db.close());
}

function refuseToWrite(path: string): Write {
  return (what) => {
    throw new TowpathError("TP6102", {
      message: `${path} was opened for reading only; not written: ${what}`,
      where: [path],
    });
  };
}

function journalOn(db: DatabaseSync, path: string, write: Write, close: () => void): Journal {
  const sql = statementsOf(db);
  const read = <T>(look: () => T): T => {
    try {
      return look();
    } catch (cause) {
      throw storageError(cause, path);
    }
  };
  const circuit = (name: string): Circuit => {
    const row = sql("select body, sha from breaker where name = ?").get(name);
    return row === undefined ? closedCircuit : (unseal(row, name) as Circuit);
  };
  /** Most answers change nothing; only those that do are worth a transaction. */
  const change = <T>(what: string, name: string, next: (now: Circuit) => Step<T>): T => {
    const seen = read(() => circuit(name));
    const idle = next(seen);
    if (same(idle.circuit, seen)) return idle.value;
    return write(what, () => {
      const { circuit: made, value } = next(circuit(name));
      const body = JSON.stringify(made);
      sql("insert or replace into breaker values (?, ?, ?)").run(name, body, seal(name, body));
      return value;
    });
  };

  return {
    commit: (wanted) => write(describeChange(wanted), () => writeChange(sql, wanted)),
    run: (id) => read(() => readRun(sql, id)),
    runs: (query = {}) => read(() => readRuns(sql, query)),
    steps: (run) =>
      read(() =>
        sql("select id, body, sha from step where run = ? order by n")
          .all(run)
          .map((row) => unseal(row, run, text(row, "id")) as StepRow),
      ),
    events: (query) => read(() => readEvents(sql, query)),
    brokenEvents: (run) => read(() => brokenAt(readChain(sql, "event", run))),
    evidence: (component) => read(() => readChain(sql, "evidence", component)),
    latest: (component, gate) => read(() => readLatest(sql, component, gate)),
    facts: (component) => read(() => readChain(sql, "fact", component)),
    messages: (component, run) =>
      read(() => {
        const rows =
          run === undefined
            ? sql("select body, sha from message where component = ? order by n").all(component)
            : sql("select body, sha from message where component = ? and run = ? order by n").all(
                component,
                run,
              );
        return rows.map((row) => unseal(row, component) as Message);
      }),
    samples: (component, { environment, digest, from = Number.MIN_SAFE_INTEGER }) =>
      read(() =>
        sql(
          `select body, sha from sample where component = ? and environment = ? and digest = ? and t >= ?
           order by t`,
        )
          .all(component, environment, digest, from)
          .map((row) => unseal(row, component) as Sample),
      ),
    allow: (name, now) =>
      change(`ask breaker ${name}`, name, (before) => {
        const { allowed, circuit: after } = request(before, now);
        return { circuit: after, value: allowed };
      }),
    settle: (name, success, now) =>
      change(`tell breaker ${name}`, name, (before) => ({
        circuit: settle(before, success, now),
        value: undefined,
      })),
    cursor: (sink) =>
      read(() => {
        const row = sql("select position from cursor where sink = ?").get(sink);
        return row === undefined ? 0 : integer(row, "position");
      }),
    advance: (sink, position) =>
      write(
        `cursor of ${sink}`,
        () => void sql("insert or replace into cursor values (?, ?)").run(sink, position),
      ),
    prune: (runs) => write("prune", () => pruneRuns(sql, runs)),
    close,
  };
}

/** What a breaker becomes, and the answer to the one who asked. */
interface Step<T> {
  readonly circuit: Circuit;
  readonly value: T;
}

function same(a: Circuit, b: Circuit): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
