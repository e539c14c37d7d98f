import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decide as decideOver, defaultMaxAgeMs, inputKeys, type Decision, type Policy } from "./decide.ts";
import { append, emptyLog, type EvidenceLog } from "./evidence.ts";
import type { GateResult } from "./result.ts";
import type { Verdict } from "./verdict.ts";

const now = Date.parse("2026-11-22T10:00:00Z");
const inputs = { tree: "t", config: "c", policy: "p", environment: "e" };
const maxAgeMs = defaultMaxAgeMs.dev;

/** All of these decisions are about one component. */
function decide(policy: Policy, log: EvidenceLog, at: number): Decision {
  return decideOver(policy, { foo: log }, at);
}

function result(gate: string, verdict: Verdict, changes: Partial<GateResult> = {}): GateResult {
  return {
    schemaVersion: 1,
    gate,
    plugin: "@towpath/gate-fake",
    category: "testing",
    component: "foo",
    target: "dev",
    verdict,
    required: true,
    candidates: 1,
    checked: 1,
    findings: [],
    measurements: [{ name: "n", value: 0, unit: "u", operator: "<=", threshold: 0, source: "s" }],
    warnings: [],
    notes: [],
    inputs,
    startedAt: new Date(now - 1000).toISOString(),
    durationMs: 1,
    attempts: 1,
    ...changes,
  };
}

const logOf = (...results: readonly GateResult[]): EvidenceLog => results.reduce(append, emptyLog);

function policyFor(...gates: readonly string[]): Policy {
  const requirements = gates.map((gate) => ({ gate, component: "foo", required: true, inputs }));
  return { target: "dev", requirements, maxAgeMs };
}

describe("decide", () => {
  it("promotes when every required gate has fresh evidence that promotes", () => {
    const log = logOf(result("lint", "passed"), result("types", "warned"), result("secrets", "waived"));
    expect(decide(policyFor("lint", "types", "secrets"), log, now)).toMatchObject({
      promotes: true,
      exit: 0,
    });
  });

  it("has nothing to say when nothing is required", () => {
    expect(decide(policyFor(), emptyLog, now)).toMatchObject({ promotes: false, exit: 4 });
  });

  it.each([
    ["failed", 1],
    ["errored", 3],
    ["skipped", 3],
    ["inconclusive", 5],
  ] as const)("blocks for %s with exit %i", (verdict, exit) => {
    expect(decide(policyFor("lint"), logOf(result("lint", verdict)), now)).toMatchObject({
      promotes: false,
      exit,
    });
  });

  it("answers 1 before 3 before 5", () => {
    const log = logOf(result("a", "inconclusive"), result("b", "errored"), result("c", "failed"));
    expect(decide(policyFor("a", "b", "c"), log, now).exit).toBe(1);
    expect(decide(policyFor("a", "b"), log, now).exit).toBe(3);
  });

  it("lets an optional gate fail, break or be missing", () => {
    const policy: Policy = {
      ...policyFor("lint"),
      requirements: [
        { gate: "lint", component: "foo", required: true, inputs },
        { gate: "dependencies", component: "foo", required: false, inputs },
        { gate: "docs", component: "foo", required: false, inputs },
      ],
    };
    const log = logOf(result("lint", "passed"), result("dependencies", "failed"));
    expect(decide(policy, log, now)).toMatchObject({ promotes: true, exit: 0 });
  });

  it("does not promote when optional gates are all there is and nothing is known of any", () => {
    const requirements = [{ gate: "dependencies", component: "foo", required: false, inputs }];
    const optional: Policy = { ...policyFor(), requirements };
    expect(decide(optional, logOf(result("dependencies", "errored")), now).exit).toBe(3);
    expect(decide(optional, emptyLog, now).exit).toBe(3);
    expect(decide(optional, logOf(result("dependencies", "skipped")), now).exit).toBe(3);
    expect(decide(optional, logOf(result("dependencies", "inconclusive")), now).exit).toBe(3);
    expect(decide(optional, logOf(result("dependencies", "failed")), now).exit).toBe(0);
    expect(decide(optional, logOf(result("dependencies", "passed")), now).exit).toBe(0);
  });

  it("takes the last result of a gate, so that a failure is not outlived by an older pass", () => {
    expect(
      decide(policyFor("lint"), logOf(result("lint", "passed"), result("lint", "failed")), now).exit,
    ).toBe(1);
    expect(
      decide(policyFor("lint"), logOf(result("lint", "errored"), result("lint", "passed")), now).exit,
    ).toBe(0);
  });

  it.each(inputKeys)("does not accept evidence on another %s", (key) => {
    const foreign = result("lint", "passed", { inputs: { ...inputs, [key]: "other" } });
    expect(decide(policyFor("lint"), logOf(foreign), now)).toMatchObject({ exit: 3 });
  });

  it("does not accept evidence for another target, component or gate", () => {
    for (const changes of [{ target: "staging" as const }, { component: "bar" }, { gate: "format" }]) {
      expect(decide(policyFor("lint"), logOf(result("lint", "passed", changes)), now).exit).toBe(3);
    }
  });

  it("is not undone by a later pass for another target, but by a later failure on the same code", () => {
    const other = { target: "production", inputs: { ...inputs, policy: "other" } } as const;
    const passed = result("lint", "passed");
    const judged = (...later: readonly GateResult[]): Decision =>
      decide(policyFor("lint"), logOf(passed, ...later), now);
    expect(judged(result("lint", "passed", other)).promotes).toBe(true);
    expect(judged(result("lint", "failed", other))).toMatchObject({ promotes: false, exit: 1 });
    const elsewhere = { ...other, inputs: { ...inputs, tree: "another" } };
    expect(judged(result("lint", "failed", elsewhere)).promotes).toBe(true);
    expect(judged(result("lint", "failed", other), passed).promotes).toBe(true);
  });

  it("does not accept evidence that is a day old or from the future", () => {
    const at = (ms: number): GateResult =>
      result("lint", "passed", { startedAt: new Date(ms).toISOString() });
    expect(decide(policyFor("lint"), logOf(at(now - maxAgeMs)), now).exit).toBe(0);
    expect(decide(policyFor("lint"), logOf(at(now - maxAgeMs - 1)), now).exit).toBe(3);
    expect(decide(policyFor("lint"), logOf(at(now + 1)), now).exit).toBe(3);
    expect(
      decide(policyFor("lint"), logOf(result("lint", "passed", { startedAt: "yesterday" })), now).exit,
    ).toBe(3);
  });

  it("keeps the evidence of a release for the week that it soaks, and not for ever", () => {
    const old = (days: number): EvidenceLog =>
      logOf(
        result("lint", "passed", {
          target: "production",
          startedAt: new Date(now - days * maxAgeMs).toISOString(),
        }),
      );
    const production: Policy = {
      ...policyFor("lint"),
      target: "production",
      maxAgeMs: defaultMaxAgeMs.production,
    };
    expect(decide(production, old(8), now).exit).toBe(0);
    expect(decide(production, old(15), now).exit).toBe(3);
  });

  it("believes each component's own chain, and nothing where there is none", () => {
    const requirements = ["foo", "bar"].map((component) => ({
      gate: "lint",
      component,
      required: true,
      inputs,
    }));
    const policy: Policy = { ...policyFor(), requirements };
    const foo = logOf(result("lint", "passed"));
    const bar = logOf(result("lint", "passed", { component: "bar" }));
    expect(decideOver(policy, { foo, bar }, now).exit).toBe(0);
    expect(decideOver(policy, { foo }, now).exit).toBe(3);
    expect(decideOver(policy, { foo, bar: foo }, now).exit).toBe(3);
    const torn = { ...bar, head: { seq: 2, sha: "x" } };
    expect(decideOver(policy, { foo, bar: torn }, now).exit).toBe(3);
  });

  it("does not believe a verdict that the figures contradict (G34, TTA 3: a typed 73.2 % beside a measured 42.2 %)", () => {
    const typed = {
      name: "coverage",
      value: 42.2,
      unit: "%",
      operator: ">=" as const,
      threshold: 70,
      source: "s",
    };
    const lies = [{ checked: 0 }, { measurements: [] }, { measurements: [typed] }];
    for (const lie of lies)
      expect(decide(policyFor("lint"), logOf(result("lint", "passed", lie)), now).exit).toBe(3);
  });
});

describe("the evidence law", () => {
  const verdict = fc.constantFrom<Verdict>(
    "passed",
    "warned",
    "waived",
    "failed",
    "errored",
    "skipped",
    "inconclusive",
  );
  const gates = ["a", "b", "c"];
  const logs = fc
    .array(fc.tuple(fc.constantFrom(...gates), verdict), { minLength: 1, maxLength: 8 })
    .map((rows) => logOf(...rows.map(([gate, word]) => result(gate, word))));
  const policy = policyFor(...gates);
  const promoted = (log: EvidenceLog, at = now): boolean => decide(policy, log, at).promotes;

  it("is deterministic", () => {
    fc.assert(
      fc.property(logs, (log) => void expect(decide(policy, log, now)).toEqual(decide(policy, log, now))),
    );
  });

  it("never turns no into yes by deleting evidence", () => {
    fc.assert(
      fc.property(logs, fc.nat(), fc.nat(), (log, from, count) => {
        const start = from % log.entries.length;
        const entries = log.entries.filter((_, index) => index < start || index > start + (count % 3));
        fc.pre(!promoted(log));
        expect(promoted({ ...log, entries })).toBe(false);
      }),
    );
  });

  it("never turns no into yes by reordering or doubling evidence", () => {
    fc.assert(
      fc.property(logs, fc.nat(), (log, seed) => {
        const entries = [...log.entries].toSorted(
          (a, b) => ((a.seq * (seed + 7)) % 11) - ((b.seq * (seed + 7)) % 11),
        );
        expect(promoted({ ...log, entries })).toBe(promoted(log));
        fc.pre(!promoted(log));
        expect(promoted({ ...log, entries: [...log.entries, ...log.entries] })).toBe(false);
      }),
    );
  });

  it("never turns no into yes by ageing", () => {
    fc.assert(
      fc.property(logs, fc.nat({ max: 10 * maxAgeMs }), (log, later) => {
        fc.pre(!promoted(log));
        expect(promoted(log, now + later)).toBe(false);
      }),
    );
  });

  it("never turns no into yes by editing a result, a position or a digest", () => {
    const edit = fc.record(
      {
        verdict,
        gate: fc.constantFrom(...gates),
        startedAt: fc.constant(new Date(now).toISOString()),
        checked: fc.nat({ max: 3 }),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(logs, fc.nat(), edit, (log, at, change) => {
        const index = at % log.entries.length;
        const entries = log.entries.map((entry, i) =>
          i === index ? { ...entry, body: JSON.stringify({ ...JSON.parse(entry.body), ...change }) } : entry,
        );
        fc.pre(!promoted(log));
        expect(promoted({ ...log, entries })).toBe(false);
      }),
    );
  });
});
