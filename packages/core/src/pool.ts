import type { Cost } from "./gate.ts";

/** Runs tasks within the machine's budget. */
export interface Pool {
  /**
   * Runs a task when a place is free: heavy ones first, then in the order of asking. `network` begins at once: what
   * waits for others should not wait for a place too. It takes one only where another is left.
   */
  run<T>(cost: Cost, task: () => Promise<T>): Promise<T>;
}

interface Waiting {
  readonly heavy: boolean;
  readonly start: () => void;
}

/**
 * Makes a pool.
 * @param size how many tasks run at once, at least 1
 */
export function createPool(size: number): Pool {
  const queue: Waiting[] = [];
  let free = Math.max(1, size);
  let scheduled = false;

  const drain = (): void => {
    scheduled = false;
    while (free > 0 && queue.length > 0) {
      const heavy = queue.findIndex((waiting) => waiting.heavy);
      const [next] = queue.splice(Math.max(0, heavy), 1);
      free -= 1;
      next?.start();
    }
  };
  // Deferred, so that all tasks asked for in one go are ordered before the first starts.
  const schedule = (): void => {
    if (scheduled) return;
    scheduled = true;
    queueMicrotask(drain);
  };

  return {
    async run(cost, task) {
      const waits = cost !== "network";
      const takes = waits || free > 1;
      if (!waits && takes) free -= 1;
      if (waits)
        await new Promise<void>((resolve) => {
          queue.push({ heavy: cost === "heavy", start: resolve });
          schedule();
        });
      try {
        return await task();
      } finally {
        if (takes) free += 1;
        schedule();
      }
    },
  };
}
