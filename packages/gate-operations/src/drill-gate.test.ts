import type { Fact, GateResult } from "@towpath/core";
import { project, runGate } from "@towpath/testkit";
import { describe, expect, it } from "vitest";
import { clock, daysAgo, deployed, drilled, good, journalWith } from "../test/records.ts";
import operations, { type OperationsUserOptions } from "./index.ts";

const { root } = await project({ "src/foo/a.py": "X = 1\n", "tests/test_a.py": "" });

const failing = {
  ...good,
  name: "slow-start",
  passed: false,
  detail: "nobody noticed that the release was bad",
};

async function ask(
  gate: "rollback" | "monitoring",
  facts: readonly Fact[],
  options: OperationsUserOptions = {},
): Promise<GateResult> {
  const journal = journalWith(...facts);
  return runGate(operations(options), gate, { root, journal, clock, target: "production" });
}

describe.each([
  ["rollback", "TP5102"],
  ["monitoring", "TP5103"],
] as const)("the gate %s", (drill, code) => {
  it("waits for a drill on the release that staging runs", async () => {
    expect(await ask(drill, [deployed()])).toMatchObject({
      verdict: "inconclusive",
      code,
      category: "operations",
      waiting: { next: expect.arrayContaining([`towpath drill ${drill} --component foo`]) },
    });
  });

  it("passes when every scenario of the newest drill passed", async () => {
    const result = await ask(drill, [deployed(), drilled({ drill, scenarios: [good, good] })]);
    expect(result).toMatchObject({ verdict: "passed", candidates: 2, checked: 2 });
    expect(result.measurements).toMatchObject([
      { name: "scenarios that passed", value: 2 },
      { name: "age of the drill", value: 1, unit: "days", threshold: 30 },
    ]);
  });

  it("fails when a scenario failed, and says which and why", async () => {
    const result = await ask(drill, [deployed(), drilled({ drill, scenarios: [good, failing] })]);
    expect(result).toMatchObject({ verdict: "failed", code, checked: 2 });
    expect(result.findings).toMatchObject([
      { rule: `${drill}/slow-start`, message: expect.stringContaining("nobody noticed"), level: "error" },
    ]);
  });
});

it.each([
  ["of another release", drilled({ digest: "b".repeat(64) }), "on another release does not count"],
  ["in another environment", drilled({ environment: "production" }), "no drill on the release"],
  ["of another kind", drilled({ drill: "monitoring" }), "no drill on the release"],
  ["without a scenario", drilled({ scenarios: [] }), "had no scenario"],
  ["that is too old", drilled({ at: daysAgo(30.01) }), "older than 30 days"],
  ["of the future", drilled({ at: daysAgo(-1) }), "yet to come"],
  ["without a time", drilled({ at: "yesterday" }), "is no time"],
])("does not count a drill %s", async (_, fact, why) => {
  const result = await ask("rollback", [deployed(), fact]);
  expect(result.verdict).toBe("inconclusive");
  expect(result.notes).toEqual([expect.stringContaining(why)]);
});

it("counts the newest drill alone", async () => {
  const bad = drilled({ scenarios: [failing] });
  expect((await ask("rollback", [deployed(), bad, drilled()])).verdict).toBe("passed");
  expect((await ask("rollback", [deployed(), drilled(), bad])).verdict).toBe("failed");
});

it("fails on a drill that failed, however old it is", async () => {
  const bad = drilled({ scenarios: [failing], at: daysAgo(400) });
  expect((await ask("rollback", [deployed(), bad])).verdict).toBe("failed");
});

it("does not believe that a scenario passed which took longer than its limit", async () => {
  const late = { ...good, tookMs: 60_001 };
  expect((await ask("rollback", [deployed(), drilled({ scenarios: [late] })])).verdict).toBe("failed");
});

it("holds the age against the option", async () => {
  const facts = [deployed(), drilled({ at: daysAgo(6) })];
  expect((await ask("rollback", facts, { drillMaxAgeDays: 7 })).verdict).toBe("passed");
  expect((await ask("rollback", facts, { drillMaxAgeDays: 5 })).verdict).toBe("inconclusive");
});

it("says that monitoring must be configured before its drill can be done", async () => {
  const unset = await ask("monitoring", [deployed()]);
  expect(unset.waiting?.for).toContain("nothing says where alerts arrive");
  expect(unset.waiting?.next?.[0]).toContain("Configure `monitoring`");
  const set = await ask("monitoring", [deployed()], { monitoring: { file: "alerts.jsonl" } });
  expect(set.waiting?.next).toEqual(["towpath drill monitoring --component foo"]);
});

it("asks about the release that staging runs now", async () => {
  const next = "c".repeat(64);
  expect((await ask("rollback", [deployed(), drilled(), deployed(next)])).verdict).toBe("inconclusive");
});
