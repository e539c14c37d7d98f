import type { GateResult, RunRow, StoredEvent } from "@towpath/core";
import { describe, expect, it } from "vitest";
import { begin, demoPlan, demoResult, stamp, type Bare } from "../test/demo-journal.ts";
import type { OutcomeView } from "./model.ts";
import { nextSteps } from "./next-steps.ts";
import { readRun, type ReadRun } from "./read-run.ts";

const row: RunRow = {
  id: "r1",
  plan: demoPlan("shop", "staging"),
  startedAt: begin,
  epoch: 1,
  status: "running",
  changedAt: begin,
};

function read(...events: readonly Bare[]): ReadRun {
  return readRun(
    row,
    events.map((event, index): StoredEvent => ({
      position: index + 1,
      run: "r1",
      seq: index + 1,
      sha: "",
      event: stamp(event, "r1", index + 1, begin + index * 1_000),
    })),
  );
}

const bad = demoResult("lint", { component: "shop", target: "staging", outcome: "bad", startedAt: begin });
const end = (result: GateResult): Bare => ({ type: "gate:end", gate: result.gate, result });
const [finding] = bad.findings;
if (finding === undefined) throw new Error("the demonstration has no finding");

describe("a run as the pages need it", () => {
  it.each([
    ["https://docs.example/F401", "https://docs.example/F401"],
    ["javascript:alert(1)", undefined],
    ["JAVASCRIPT:alert(1)", undefined],
    ["data:text/html,x", undefined],
    ["http://docs.example/", undefined],
    ["//docs.example/", undefined],
  ])("links %s only where that can run nothing", (ruleUrl, kept) => {
    expect(read(end({ ...bad, findings: [{ ...finding, ruleUrl }] })).findings[0]?.ruleUrl).toBe(kept);
  });

  it("keeps the first 200 findings of a result, and how many there were", () => {
    const findings = Array.from({ length: 250 }, (_, at) => ({ ...finding, fingerprint: `f${at}` }));
    const { run, results, findings: kept } = read(end({ ...bad, findings }));
    expect([kept.length, run.outcomes[0]?.findings.length, run.outcomes[0]?.found]).toEqual([200, 200, 250]);
    expect(results[0]?.found).toBe(250);
  });

  it("knows what runs at this moment, and no longer when it has ended", () => {
    const begun: readonly Bare[] = [
      { type: "stage:start", stage: "refactoring", gates: ["lint", "types"] },
      { type: "gate:start", gate: "lint", components: ["shop"], attempt: 1 },
      { type: "gate:start", gate: "types", components: ["shop"], attempt: 2 },
    ];
    expect(read(...begun).run.running.map(({ gate, attempt }) => [gate, attempt])).toEqual([
      ["lint", 1],
      ["types", 2],
    ]);
    expect(read(...begun, end(bad)).run.running.map(({ gate }) => gate)).toEqual(["types"]);
  });

  it("keeps the last outcome of a gate that was asked again", () => {
    const good = demoResult("lint", {
      component: "shop",
      target: "staging",
      outcome: "good",
      startedAt: begin,
    });
    expect(read(end(bad), end(good)).run.outcomes.map(({ verdict }) => verdict)).toEqual(["passed"]);
  });

  it("keeps the last lines of the last attempt", () => {
    const lines = Array.from({ length: 100 }, (_, at): Bare => ({
      type: "log",
      gate: "lint",
      line: `line ${at}`,
    }));
    const again: Bare = { type: "gate:start", gate: "lint", components: ["shop"], attempt: 2 };
    const { results } = read({ type: "log", gate: "lint", line: "before" }, again, ...lines, end(bad));
    expect(results[0]?.log).toHaveLength(60);
    expect(results[0]?.log.at(-1)).toBe("line 99");
  });
});

describe("what is next", () => {
  const outcome = (changes: Partial<OutcomeView>): OutcomeView => ({
    gate: "lint",
    component: "shop",
    stage: "refactoring",
    verdict: "failed",
    required: true,
    fix: [],
    findings: [],
    found: 0,
    ...changes,
  });
  const next = (changes: Partial<RunRow>, ...outcomes: readonly OutcomeView[]): readonly string[] =>
    nextSteps({ ...row, ...changes }, outcomes);
  const wait = { step: "s", for: "a soak", next: ["towpath attest x --expires 90d"] };

  it.each<[string, readonly string[], readonly string[]]>([
    ["nothing when it passed", next({ status: "closed", exit: 0 }), []],
    ["nothing while it runs", next({ status: "running" }), []],
    ["nothing when another one took its place", next({ status: "superseded", exit: 3 }), []],
    [
      "the failed gates, when they are required",
      next({ status: "closed", exit: 1 }, outcome({}), outcome({ gate: "types", required: false })),
      ["towpath check lint --component shop --target staging"],
    ],
    [
      "the fix of what could not run",
      next({ status: "closed", exit: 3 }, outcome({ verdict: "errored", fix: ["pip install ruff"] })),
      ["pip install ruff", "towpath doctor"],
    ],
    ["to go on with what was stopped", next({ status: "stopped", exit: 130 }), ["towpath resume r1"]],
    [
      "to ask again when nobody knows when",
      next({ status: "parked", wait }),
      [...wait.next, "towpath resume r1"],
    ],
    [
      "to ask again when it is time",
      next({ status: "parked", wait: { ...wait, until: begin } }),
      [...wait.next, "towpath resume --due"],
    ],
    ["why, when no gate says it", next({ status: "closed", exit: 3 }), ["towpath explain r1"]],
  ])("is %s", (_, found, wanted) => {
    expect(found).toEqual(wanted);
  });

  it("is to look at the target when nobody knows what was done there", () => {
    const steps = next({ status: "unknown", exit: 6 });
    expect(steps[0]).toContain("look at the target");
    expect(steps.at(-1)).toContain("--settle");
  });

  it("is the same command again for a check", () => {
    expect(next({ status: "stopped", exit: 130, plan: { ...row.plan, kind: "check" } })).toEqual([
      "towpath check --component shop --target staging",
    ]);
  });
});
