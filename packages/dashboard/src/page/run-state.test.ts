import { expect, it } from "vitest";
import type { RunView } from "../model.ts";
import { passedSentence } from "./run-state.ts";

const outcome: RunView["outcomes"][number] = {
  gate: "lint",
  component: "shop",
  stage: "refactoring",
  verdict: "passed",
  required: true,
  fix: [],
  findings: [],
  found: 0,
};

const run: RunView = {
  run: "r1",
  kind: "run",
  components: ["shop"],
  target: "staging",
  status: "closed",
  exit: 0,
  startedAt: 0,
  durationMs: 1,
  idleMs: 0,
  planned: [],
  stages: [],
  plan: ["specification", "refactoring", "staging"].map((stage) => ({ stage, gates: [] })),
  lastAt: 0,
  running: [],
  pauses: [],
  work: [],
  outcomes: [outcome],
  warnings: [],
  next: [],
};

it("only a run through all stages of a target makes a component ready for it", () => {
  expect(passedSentence(run)).toBe("Ready for staging");
  const others: readonly Partial<RunView>[] = [
    { plan: run.plan.slice(0, 2) },
    { kind: "check", plan: [{ stage: "check", gates: ["lint"] }] },
    { kind: "drill" },
    { kind: "rollback" },
    { target: "production" },
  ];
  for (const other of others) expect(passedSentence({ ...run, ...other })).not.toMatch(/^Ready/);
  expect(passedSentence({ ...run, kind: "check" })).toBe(
    "1 gate asked and passed; the stages of staging were not",
  );
});
