import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { Breakage } from "@towpath/core";
import { excerpt, writeAtomic } from "@towpath/kit";
import type { TargetFolder } from "./target-folder.ts";

/** SQLite's word for a lock that another process holds. */
const busy = 5;

/**
 * Works while no other deploy can: the kernel holds the lock, and it is free at once when its holder dies.
 * @throws {Breakage} `environment` (TP5008) when another deploy holds it; the message names it
 */
export async function withLock<T>(target: TargetFolder, run: string, work: () => Promise<T>): Promise<T> {
  // Loaded late: Node warns of the module when it is imported.
  const { DatabaseSync } = await import("node:sqlite");
  await target.prepare();
  // Beware: to open and close this file in any other way would drop the lock of the whole process.
  const database = new DatabaseSync(target.own("lock"), { timeout: 0 });
  try {
    try {
      database.exec("pragma journal_mode = delete; begin exclusive");
    } catch (error) {
      throw taken(target, error);
    }
    const owner = { run, pid: process.pid, host: hostname(), at: new Date().toISOString() };
    await writeAtomic(target.own("owner.json"), JSON.stringify(owner));
    return await work();
  } finally {
    database.close();
  }
}

function taken(target: TargetFolder, error: unknown): Breakage {
  const isBusy = error instanceof Error && "errcode" in error && error.errcode === busy;
  if (!isBusy) {
    const message = `the lock of the target ${target.path} cannot be used: ${String(error)}`;
    return new Breakage("environment", { message, cause: error });
  }
  return new Breakage("environment", {
    message: `the target ${target.path} is taken (TP5008): ${holderOf(target)}`,
    fix: ["Wait for the other deploy.", "towpath status"],
  });
}

/** Who holds the lock, in words. The file is for people alone: nothing is decided by it. */
function holderOf(target: TargetFolder): string {
  try {
    const { run, pid, host, at } = JSON.parse(readFileSync(target.own("owner.json"), "utf8")) as Record<
      string,
      unknown
    >;
    return excerpt(`the run ${run}, process ${pid} on ${host}, holds it since ${at}`, 500);
  } catch {
    return "another process holds it";
  }
}
