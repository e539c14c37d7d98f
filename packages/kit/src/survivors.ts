import { readFile, readdir } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

/** How long a process that was killed is waited for, in milliseconds: what the kernel holds fast dies later. */
const patienceMs = 2_000;

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
 * Kills the processes that `findSurvivors` finds, again until none is left, as one may fork while it is being killed,
 * and a signal has an effect only when the kernel comes to it. After two seconds it is not waited for any longer.
 * @returns how many were killed
 */
export async function killSurvivors(variable: string, value: string): Promise<number> {
  const killed = new Set<number>();
  const until = performance.now() + patienceMs;
  for (;;) {
    const alive = await findSurvivors(variable, value);
    for (const pid of alive) {
      killed.add(pid);
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It ended by itself.
      }
    }
    const dying = await Promise.all([...killed].map(isThere));
    const over = alive.length === 0 && !dying.includes(true);
    if (over || performance.now() > until) return killed.size;
    await sleep(1);
  }
}

/** Whether a process has not ended. On its way there it has no environment any more, and still its files and ports. */
async function isThere(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, "latin1").catch(() => undefined);
  return stat !== undefined && !/\) [ZX] /.test(stat);
}

const nul = Buffer.from([0]);
