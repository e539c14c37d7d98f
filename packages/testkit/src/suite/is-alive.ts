import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";

/** Whether a process runs. One that has ended and is only not yet collected by its parent does not. */
export async function isAlive(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return !/^\d+ \(.*\) Z /s.test(stat);
}

/** Waits until a condition holds that no event tells of. */
export async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await delay(20);
}
