import { createEngine, type Engine } from "@towpath/core";
import type { OpenEngine } from "@towpath/testkit";
import { lockComponent, openJournal } from "../src/index.ts";

/** The engine of this package, as the conformance suite opens it. */
export function openEngine({ folder, clock, faults, journal, lock }: OpenEngine): Engine {
  const own = openJournal({ root: folder, now: clock.now, ...(faults === undefined ? {} : { faults }) });
  return createEngine({
    journal: journal === undefined ? own : journal(own),
    clock,
    lock:
      lock ??
      ((component, run) =>
        lockComponent({
          root: folder,
          component,
          owner: { run, pid: process.pid, host: "test", startedAt: new Date(clock.now()).toISOString() },
        })),
  });
}
