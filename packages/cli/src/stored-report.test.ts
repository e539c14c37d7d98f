import { memoryJournal, type Plan, type TowpathEvent } from "@towpath/core";
import { project } from "@towpath/testkit";
import { expect, it } from "vitest";
import { storedReport } from "./stored-report.ts";

const plan: Plan = {
  schemaVersion: 1,
  kind: "run",
  target: "dev",
  components: [{ name: "foo", source: ["src"], tests: [] }],
  stages: [],
  plugins: [],
  trusted: true,
  leftOut: [],
  fix: false,
  reuse: true,
  maxAgeMs: 1,
};

it("a run whose process died has its fixes, generated tests and rounds all the same", async () => {
  const { root } = await project({});
  const journal = memoryJournal();
  const run = "20261122-100000-7f3a";
  const at = "2026-11-22T10:00:00.000Z";
  journal.commit({ begin: { id: run, plan, startedAt: 1, epoch: 1, status: "running", changedAt: 2 } });
  const round = (state: string): object => ({ agent: "a", component: "foo", round: 1, state, patch: "p" });
  const step = (id: string, value: unknown) => ({
    run,
    step: {
      id,
      digest: "d",
      effect: "idempotent" as const,
      state: "done" as const,
      attempt: 1,
      epoch: 1,
      outcome: { ok: true as const, value },
    },
  });
  journal.commit({
    steps: [
      step("implementation/work", { fixes: [], changed: true, generated: [{ component: "foo" }] }),
      step("implementation/agent:1", [round("broke")]),
      step("implementation/agent:1/announce", null),
      step("implementation/agent:1#2", [round("done")]),
    ],
    events: [
      {
        run,
        event: { type: "stage:start", stage: "implementation", gates: [], seq: 1, at, run } as TowpathEvent,
      },
    ],
  });
  const report = await storedReport(root, journal, run);
  expect(report?.stages).toEqual([
    {
      stage: "implementation",
      status: "paused",
      durationMs: 0,
      results: [],
      fixes: [],
      generated: [{ component: "foo" }],
      rounds: [round("broke"), round("done")],
    },
  ]);
});
