import { setTimeout as sleep } from "node:timers/promises";
import { lstat, open } from "node:fs/promises";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { TowpathError } from "@towpath/core";

/** Longest wait for other writers, in milliseconds. */
const patienceMs = 10_000;

/** Code of SQLite for a lock that another one holds. */
const busy = 5;

/**
 * Does work while nobody else writes into the folder. The kernel holds the lock, by way of SQLite on the empty file
 * `.lock`, so it is free at the moment the process ends, however it ends.
 * @param folder absolute; it exists
 * @throws {TowpathError} TP6203 when others have held it for 10 s, TP1005 when something else stands in place of the file
 */
export async function withLock<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const path = join(folder, ".lock");
  await makeLockFile(path);
  const lock = await take(path, folder);
  try {
    return await work();
  } finally {
    lock.close();
  }
}

async function take(path: string, folder: string): Promise<DatabaseSync> {
  const { DatabaseSync: Database } = withoutSqliteWarning(() => process.getBuiltinModule("node:sqlite"));
  const until = performance.now() + patienceMs;
  for (;;) {
    const db = new Database(path);
    try {
      // Nothing is ever written to it, so there is nothing to roll back from a file.
      db.exec("pragma journal_mode = memory; begin exclusive");
      return db;
    } catch (error) {
      db.close();
      if (!isBusy(error)) throw error;
      if (performance.now() > until)
        throw new TowpathError("TP6203", { message: `others have been writing into ${folder} for 10 s` });
    }
    await sleep(5 + Math.random() * 20);
  }
}

async function makeLockFile(path: string): Promise<void> {
  try {
    await (await open(path, "wx", 0o600)).close();
  } catch (error) {
    if (!(error instanceof Error) || !("code" in error) || error.code !== "EEXIST") throw error;
    if (!(await lstat(path)).isFile())
      throw new TowpathError("TP1005", { message: `${path} is not a file of its own`, where: [path] });
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && error.errcode === busy;
}

/** Node 22 warns that SQLite is experimental; that one warning is not passed on. */
function withoutSqliteWarning<T>(load: () => T): T {
  const emit = process.emitWarning;
  process.emitWarning = (...args: readonly unknown[]): void => {
    const [warning, type] = args;
    const own = type === "ExperimentalWarning" && typeof warning === "string" && /^SQLite\b/.test(warning);
    if (!own) Reflect.apply(emit, process, args);
  };
  try {
    return load();
  } finally {
    process.emitWarning = emit;
  }
}
