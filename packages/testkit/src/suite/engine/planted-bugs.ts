import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { TowpathError, type EngineParts, type Journal } from "@towpath/core";
import type { OpenEngine } from "./engine-module.ts";

/** Bugs that the crash matrix must find, so that its silence means something. */
export type PlantedBug = "no-probe" | "context-apart" | "pid-file";

/** The names of all of them. */
export const plantedBugs: readonly PlantedBug[] = ["no-probe", "context-apart", "pid-file"];

/** What an engine with a bug is opened with. The bug `no-probe` sits in the world: its probe always says absent. */
export function planted(bug: PlantedBug | undefined, folder: string): Pick<OpenEngine, "journal" | "lock"> {
  if (bug === "context-apart") return { journal: splitContext };
  if (bug === "pid-file") return { lock: pidFile(folder) };
  return {};
}

/** What a step handed over is written in a transaction of its own, after the outcome. */
function splitContext(own: Journal): Journal {
  return {
    ...own,
    commit(change) {
      const { evidence = [], messages = [], ...rest } = change;
      own.commit(rest);
      if (evidence.length + messages.length > 0) own.commit({ evidence, messages });
    },
  };
}

/** Ownership by a file with a process id that is looked at first and written then. */
function pidFile(folder: string): EngineParts["lock"] {
  return (component) => {
    const path = join(folder, `${component}.pid`);
    mkdirSync(folder, { recursive: true });
    if (existsSync(path) && isAlive(Number(readFileSync(path, "utf8"))))
      throw new TowpathError("TP6101", { message: `${path} names a living process` });
    // What the kernel does in one go takes two looks here; between them others look, too.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    writeFileSync(path, String(process.pid));
    return { release: () => rmSync(path, { force: true }) };
  };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
