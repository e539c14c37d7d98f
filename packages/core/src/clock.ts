import { setTimeout as delay } from "node:timers/promises";
import type { Clock } from "./host.ts";

/** setTimeout fires at once beyond 2³¹−1 ms, so long waits are slept in pieces of at most an hour. */
const longestSleepMs = 3_600_000;

/** The clock of this machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  async sleep(ms, signal) {
    for (let left = ms; left > 0; left -= longestSleepMs) {
      await delay(Math.min(left, longestSleepMs), undefined, { signal });
    }
  },
};
