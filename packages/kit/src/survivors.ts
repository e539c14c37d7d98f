import { readFile, readdir } from "node:fs/promises";

/**
 * The processes that carry a variable in the environment they were started with. They are found even when they left
 * their process group and their parents are gone. Linux only: elsewhere the answer is empty.
 * @example await findSurvivors("TOWPATH_RUN_ID", "run-7")
 */
export async function findSurvivors(variable: string, value: string): Promise<readonly number[]> {
  const entries = await readdir("/proc").catch(() => []);
  const wanted = Buffer.from(`\0${variable}=${value}\0`);
  const pids = entries.filter((name) => /^\d+$/.test(name) && name !== String(process.pid)).map(Number);
  const carries = await Promise.all(
    pids.map(async (pid) => {
      // A process that ended meanwhile, or of another user, cannot be read.
      const environ = await readFile(`/proc/${pid}/environ`).catch(() => undefined);
      return environ !== undefined && Buffer.concat([nul, environ]).includes(wanted);
    }),
  );
  return pids.filter((_, index) => carries[index]);
}

/**
 * Kills the processes that `findSurvivors` finds, again until none is left or `rounds` are over, as one may fork
 * while it is being killed.
 * @returns how many were killed
 */
export async function killSurvivors(variable: string, value: string, rounds = 5): Promise<number> {
  const killed = new Set<number>();
  for (let round = 0; round < rounds; round++) {
    const alive = (await findSurvivors(variable, value)).filter((pid) => !killed.has(pid));
    if (alive.length === 0) break;
    for (const pid of alive) {
      killed.add(pid);
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It ended by itself.
      }
    }
  }
  return killed.size;
}

const nul = Buffer.from([0]);
