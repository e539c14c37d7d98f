import { systemClock, type TargetContext } from "@towpath/core";
import { createExec } from "@towpath/kit";

/** What an alert source gets, for the component `foo` in a repository. */
export function targetIn(root: string, changes: Partial<TargetContext> = {}): TargetContext {
  const env = { PATH: process.env["PATH"] };
  return {
    environment: "staging",
    component: { name: "foo", source: ["src/foo"], tests: [] },
    run: "run-1",
    root,
    outDir: root,
    exec: createExec({ root, runId: "run-1", env, killGraceMs: 300 }),
    env,
    clock: systemClock,
    signal: new AbortController().signal,
    log: () => undefined,
    ...changes,
  };
}
