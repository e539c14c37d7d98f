import { Breakage, type Clock } from "@towpath/core";
import { expect, it } from "vitest";
import type { Health } from "./target-state.ts";
import { watch } from "./watch.ts";

const limits = { withinMs: 30, bakeMs: 20, everyMs: 10 };

/** A clock that a sleep turns on. */
function turningClock(): Clock {
  let time = 0;
  return {
    now: () => time,
    monotonic: () => time,
    async sleep(ms, signal) {
      signal.throwIfAborted();
      time += ms;
    },
  };
}

/** What the watch says of a target whose looks are these, the last one for ever, and at what time. */
async function seen(...states: readonly Health["state"][]): Promise<readonly [string, number]> {
  const clock = turningClock();
  let looks = 0;
  const signal = new AbortController().signal;
  const end = await watch({ clock, signal }, limits, async () => {
    const state = states[Math.min(looks++, states.length - 1)] ?? "starting";
    return { state, detail: state };
  });
  return [end.healthy ? "healthy" : end.reason, clock.now()];
}

it.each([
  ["bakes from the first healthy look", ["healthy"], "healthy", 20],
  ["bakes from when it became healthy", ["starting", "starting", "healthy"], "healthy", 40],
  ["gives up at the limit", ["starting"], "not healthy within 30 ms: starting", 30],
  ["ends at once when it is unhealthy", ["starting", "unhealthy"], "unhealthy", 10],
  ["notices what goes bad while it bakes", ["healthy", "unhealthy"], "unhealthy", 10],
  ["notices a new start while it bakes", ["healthy", "starting"], "it did not stay healthy: starting", 10],
] as const)("%s", async (_, states, said, atMs) => {
  expect(await seen(...states)).toEqual([said, atMs]);
});

it("ends with the host's own reason when its time is over", async () => {
  const limit = new AbortController();
  const look = async (): Promise<Health> => {
    limit.abort(new Breakage("timeout", { message: "its time is over" }));
    return { state: "starting", detail: "" };
  };
  await expect(watch({ clock: turningClock(), signal: limit.signal }, limits, look)).rejects.toMatchObject({
    kind: "timeout",
    message: "its time is over",
  });
});
