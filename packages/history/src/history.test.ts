import { array, assert, double, integer, nat, property } from "fast-check";
import type { GateResult, RunRow, StoredEvent, TowpathEvent } from "@towpath/core";
import { describe, expect, it } from "vitest";
import {
  estimate,
  gateStatistics,
  isSlow,
  percentile,
  recordRun,
  workflowStatistics,
  type RunRecord,
  type StageRecord,
} from "./index.ts";

const begin = Date.parse("2026-11-22T10:00:00Z");
const row: RunRow = {
  id: "r1",
  plan: {
    schemaVersion: 1,
    kind: "run",
    target: "dev",
    components: [{ name: "foo", source: ["src/foo"], tests: [] }],
    stages: [
      { name: "specification", gates: [], retry: { max: 0, baseMs: 0, factor: 1, capMs: 0 }, stored: true },
      { name: "testing", gates: [], retry: { max: 3, baseMs: 1, factor: 1, capMs: 1 } },
    ],
    plugins: [],
    trusted: true,
    leftOut: [],
    fix: false,
    reuse: true,
    maxAgeMs: 1,
  },
  startedAt: begin,
  epoch: 1,
  status: "closed",
  exit: 1,
  changedAt: begin,
};

type Bare = TowpathEvent extends infer E
  ? E extends TowpathEvent
    ? Omit<E, "seq" | "at" | "run">
    : never
  : never;

function events(...list: readonly (readonly [seconds: number, event: Bare])[]): readonly StoredEvent[] {
  return list.map(([seconds, event], index) => ({
    position: index + 1,
    run: "r1",
    seq: index + 1,
    sha: "",
    event: {
      ...event,
      seq: index + 1,
      run: "r1",
      at: new Date(begin + seconds * 1000).toISOString(),
    } as TowpathEvent,
  }));
}

const result = (changes: Partial<GateResult>): GateResult => ({
  schemaVersion: 1,
  gate: "coverage",
  plugin: "p",
  category: "testing",
  component: "foo",
  target: "dev",
  verdict: "passed",
  required: true,
  candidates: 1,
  checked: 1,
  findings: [],
  measurements: [
    { name: "line coverage", value: 64, unit: "%", operator: ">=", threshold: 70, source: "c:1" },
  ],
  warnings: [],
  notes: [],
  inputs: { tree: "", config: "", policy: "", environment: "" },
  startedAt: new Date(begin + 1000).toISOString(),
  durationMs: 500,
  attempts: 1,
  ...changes,
});
const gateEnd = (changes: Partial<GateResult>): Bare => ({
  type: "gate:end",
  gate: "coverage",
  result: result(changes),
});
const error = { kind: "tool-crash" as const, message: "m", why: "w", fix: [], where: [] };

describe("a run that is read from its events", () => {
  const read = recordRun(
    row,
    events(
      [0, { type: "run:start", kind: "run", components: ["foo"], target: "dev", stages: ["testing"] }],
      [0, { type: "stage:start", stage: "testing", gates: ["coverage"] }],
      [2, gateEnd({ verdict: "errored", error })],
      [2, { type: "retry", gate: "coverage", attempt: 2, delayMs: 1000, reason: "m" }],
      [4, { type: "run:end", exit: 5, status: "parked", durationMs: 4000 }],
      [64, { type: "stage:start", stage: "testing", gates: ["coverage"] }],
      [66, gateEnd({ verdict: "failed", attempts: 2 })],
      [67, { type: "stage:end", stage: "testing", status: "stopped", durationMs: 7000 }],
      [68, { type: "run:end", exit: 1, status: "closed", durationMs: 8000 }],
    ),
  );

  it("has the time at work apart from the time in between", () => {
    expect([read.durationMs, read.idleMs]).toEqual([8000, 60_000]);
  });

  it("counts the night in which a killed process lay dead neither for the run nor for its stage", () => {
    const start: Bare = {
      type: "run:start",
      kind: "run",
      components: ["foo"],
      target: "dev",
      stages: ["testing"],
    };
    const killed = recordRun(
      row,
      events(
        [0, start],
        [0, { type: "stage:start", stage: "testing", gates: ["coverage"] }],
        [4, gateEnd({})],
        [3604, start],
        [3607, { type: "stage:end", stage: "testing", status: "passed", durationMs: 3_607_000 }],
        [3608, { type: "run:end", exit: 0, status: "closed", durationMs: 4000 }],
      ),
    );
    expect([killed.durationMs, killed.idleMs, killed.stages[0]?.durationMs]).toEqual([8000, 3_600_000, 7000]);
  });

  it("enters a stage once that was interrupted, with both attempts, the retry and the kind of breakage", () => {
    expect(read.stages).toMatchObject([
      { stage: "testing", status: "stopped", durationMs: 7000, retries: 1, errorKinds: ["tool-crash"] },
    ]);
    expect(read.stages[0]?.gates.map(({ attempt, verdict, reasons }) => [attempt, verdict, reasons])).toEqual(
      [
        [1, "errored", ["tool-crash"]],
        [2, "failed", ["line coverage not >= 70"]],
      ],
    );
  });

  it("names the stages that it goes through, without those that count by what is stored", () => {
    expect(read.planned).toEqual(["testing"]);
  });

  it("leaves a stage running whose end nobody wrote", () => {
    const { stages } = recordRun(
      row,
      events([0, { type: "stage:start", stage: "testing", gates: [] }], [3, gateEnd({})]),
    );
    expect(stages).toMatchObject([{ status: "running", durationMs: 3000 }]);
  });

  it("takes rules as reasons where there are findings, and no time for what was answered from the record", () => {
    const finding = { fingerprint: "f", tool: "ruff", rule: "F401", level: "error" as const, message: "m" };
    const { stages } = recordRun(
      row,
      events(
        [0, { type: "stage:start", stage: "testing", gates: [] }],
        [1, gateEnd({ verdict: "failed", findings: [finding, finding] })],
        [1, gateEnd({ cached: { run: "r0" } })],
      ),
    );
    expect(stages[0]?.gates.map(({ reasons, durationMs }) => [reasons, durationMs])).toEqual([
      [["F401"], 500],
      [[], 0],
    ]);
  });
});

const stage = (name: string, durationMs: number, changes: Partial<StageRecord> = {}): StageRecord => ({
  stage: name,
  status: "passed",
  startedAt: begin,
  durationMs,
  gates: [],
  retries: 0,
  errorKinds: [],
  ...changes,
});
const run = (id: string, stages: readonly StageRecord[], changes: Partial<RunRecord> = {}): RunRecord => ({
  run: id,
  kind: "run",
  components: ["foo"],
  target: "dev",
  status: "closed",
  exit: 0,
  startedAt: begin,
  durationMs: stages.reduce((sum, { durationMs }) => sum + durationMs, 0),
  idleMs: 0,
  planned: stages.map((one) => one.stage),
  stages,
  ...changes,
});

describe("statistics", () => {
  it("of stages: rate, times, share, retries, kinds of breakage, and the bottleneck", () => {
    const found = workflowStatistics([
      run("a", [stage("testing", 3000, { retries: 2, errorKinds: ["timeout"] }), stage("refactoring", 1000)]),
      run("b", [stage("testing", 5000, { status: "stopped" })], { exit: 1 }),
      run("c", [stage("testing", 9000, { status: "running" })], { status: "running" }),
    ]);
    expect(found).toMatchObject({ runs: 3, successRate: 0.5, bottleneck: "testing", p50Ms: 4000 });
    expect(found.stages[0]).toEqual({
      stage: "testing",
      count: 2,
      successRate: 0.5,
      p50Ms: 3000,
      p90Ms: 5000,
      share: 8 / 9,
      retries: 2,
      errorKinds: [{ kind: "timeout", count: 1 }],
    });
  });

  it("of gates: the last attempt counts, skipped and waiting ones are no failures", () => {
    const gate = (verdict: GateResult["verdict"], attempt = 1, reasons: readonly string[] = []) => ({
      gate: "tests",
      component: "foo",
      attempt,
      verdict,
      required: true,
      cached: false,
      startedAt: begin,
      durationMs: attempt * 100,
      measurements: [],
      reasons,
    });
    const [found] = gateStatistics([
      run("a", [stage("testing", 1, { gates: [gate("errored", 1, ["timeout"]), gate("passed", 2)] })]),
      run("b", [stage("testing", 1, { gates: [gate("failed", 1, ["test_a", "test_b"])] })]),
      run("c", [stage("testing", 1, { gates: [gate("failed", 1, ["test_a"])] })]),
      run("d", [stage("testing", 1, { gates: [gate("skipped")] })]),
    ]);
    expect(found).toMatchObject({
      passRate: 1 / 3,
      retries: 1,
      reasons: [
        { reason: "test_a", count: 2 },
        { reason: "test_b", count: 1 },
      ],
    });
    expect(found?.verdicts.map(({ verdict }) => verdict)).toEqual(["passed", "failed", "failed", "skipped"]);
  });

  it("show a trend only when there are runs enough", () => {
    const of = (...times: readonly number[]): number | undefined =>
      workflowStatistics(times.map((ms, index) => run(String(index), [stage("testing", ms)]))).trend;
    expect([of(1, 2, 3, 4, 5), of(10, 10, 10, 20, 20, 20)]).toEqual([undefined, 2]);
  });

  it("of nothing claim nothing", () => {
    expect(workflowStatistics([])).toEqual({ runs: 0, stages: [] });
    expect(gateStatistics([])).toEqual([]);
  });
});

describe("an estimate", () => {
  const past = Array.from({ length: 10 }, (_, index) =>
    run(String(index), [stage("testing", 1000 + index * 100), stage("refactoring", 500)]),
  );
  const request = { component: "foo", target: "dev", stages: ["testing", "refactoring"], elapsedMs: 0 };

  it("lies between the shortest and the longest that there can be, and is the same each time", () => {
    const first = estimate(past, request);
    expect(estimate(past, request)).toEqual(first);
    expect(first?.p50).toBeGreaterThanOrEqual(1500);
    expect(first?.p90).toBeLessThanOrEqual(2400);
    expect(first?.runs).toBe(10);
  });

  it("does not exist without a past, for a stage that never passed, and of runs for another target", () => {
    expect(estimate([], request)).toBeUndefined();
    expect(estimate(past, { ...request, stages: ["testing", "staging"] })).toBeUndefined();
    expect(estimate(past, { ...request, target: "production" })).toBeUndefined();
  });

  it("of a component that never ran rests on those of the same target", () => {
    expect(estimate(past, { ...request, component: "bar" })?.runs).toBe(10);
  });

  it("takes the time that has gone off the running stage, never below nothing", () => {
    assert(
      property(nat(10_000), (elapsedMs) => {
        const left = estimate(past, { ...request, elapsedMs });
        expect(left?.p50).toBeGreaterThanOrEqual(500);
        expect(left?.p50).toBeLessThanOrEqual(Math.max(500, 2400 - elapsedMs));
      }),
    );
  });
});

describe("percentiles", () => {
  it("are always one of the figures, and grow with the share", () => {
    assert(
      property(array(integer(), { minLength: 1 }), double({ min: 0, max: 1, noNaN: true }), (all, share) => {
        const found = percentile(all, share);
        expect(all).toContain(found);
        expect(percentile(all, 1)).toBeGreaterThanOrEqual(found ?? Infinity);
      }),
    );
    expect(percentile([], 0.5)).toBeUndefined();
  });

  it("call slow what is longer than nearly all before it, and nothing while little is known", () => {
    const past = Array.from({ length: 20 }, (_, index) => 100 + index);
    expect([isSlow(500, past), isSlow(105, past), isSlow(500, past.slice(0, 4))]).toEqual([
      true,
      false,
      false,
    ]);
  });
});
