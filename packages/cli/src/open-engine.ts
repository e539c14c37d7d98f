import { hostname } from "node:os";
import { createEngine, isTowpathError, memoryEngine, systemClock, type Engine } from "@towpath/core";
import { sanitize } from "@towpath/kit";

/**
 * Opens the project's engine: the journal below `.towpath`, and one lock for each component.
 * @param root absolute repository root
 * @param needed whether a journal that cannot be used is an error; otherwise nothing is stored, and a warning says so
 * @throws {TowpathError} TP6102, TP6104, TP6106, TP1005
 */
export async function openEngine(root: string, needed: boolean): Promise<Engine> {
  const { lockComponent, openJournal } = await import("@towpath/engine-sqlite");
  try {
    return createEngine({
      journal: openJournal({ root }),
      clock: systemClock,
      lock: (component, run) =>
        lockComponent({
          root,
          component,
          owner: { run, pid: process.pid, host: hostname(), startedAt: new Date().toISOString() },
        }),
    });
  } catch (error) {
    if (needed || !isTowpathError(error) || error.data.code !== "TP6102") throw error;
    process.stderr.write(`warning: no evidence is stored: ${sanitize(error.message)}\n`);
    return memoryEngine(systemClock);
  }
}
