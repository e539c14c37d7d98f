import { describe, expect, it } from "vitest";
import { type CaseOutcome, judgedTests, nullVerdict } from "./judged-tests.ts";
import type { ProofLog, ProofMode, ProofReport } from "./proof-log.ts";

const item = { id: "t.py::a", node: "t.py::a", file: "t.py", line: 1, spec: [] };
const report = (
  when: ProofReport["when"],
  outcome: ProofReport["outcome"],
  parts: Partial<ProofReport> = {},
) => ({
  mode: "raises" as const,
  node: "t.py::a",
  when,
  outcome,
  xfail: false,
  outside: false,
  message: undefined,
  ...parts,
});
const log = (...reports: readonly ProofReport[]): ProofLog => ({
  pytest: "9",
  items: [item],
  reports,
  collectErrors: [],
  strange: [],
  finish: { exit: 0, collected: 1 },
});
const outcome = (...reports: readonly ProofReport[]): CaseOutcome | undefined =>
  judgedTests(log(...reports), () => ["raises"])[0]?.cases[0]?.outcome;

describe("judgedTests", () => {
  it("makes one outcome of the reports of a test", () => {
    const [setup, teardown] = [report("setup", "passed"), report("teardown", "passed")];
    expect(outcome(setup, report("call", "passed"), teardown)).toBe("passed");
    expect(outcome(setup, report("call", "failed"), teardown)).toBe("failed");
    expect(outcome(report("setup", "failed"), teardown)).toBe("broken");
    expect(outcome(setup, report("call", "passed"), report("teardown", "failed"))).toBe("broken");
    expect(outcome(report("setup", "skipped"), teardown)).toBe("skipped");
    expect(outcome(setup, report("call", "skipped", { xfail: true }), teardown)).toBe("failed");
    expect(outcome(setup, teardown)).toBe("skipped");
    expect(outcome(setup, report("call", "rerun"), teardown, setup, report("call", "passed"), teardown)).toBe(
      "passed",
    );
  });

  it("breaks when a collected test has no outcome, or a report is about none", () => {
    expect(() => judgedTests(log(), () => ["raises"])).toThrow("says nothing");
    const own = [report("setup", "passed"), report("call", "passed")];
    expect(() => judgedTests(log(...own), () => ["raises", "sentinel"])).toThrow("says nothing");
    expect(() =>
      judgedTests(log(...own, report("setup", "passed", { node: "t.py::b" })), () => ["raises"]),
    ).toThrow("did not collect");
  });
});

describe("nullVerdict", () => {
  const verdict = (...cases: readonly (readonly [ProofMode, CaseOutcome, boolean?])[]): string =>
    nullVerdict({ cases: cases.map(([mode, one, outside = false]) => ({ mode, outcome: one, outside })) });

  it("is red only where every implementation that does nothing fails", () => {
    expect(verdict(["raises", "failed"], ["sentinel", "broken"])).toBe("red");
    expect(verdict(["raises", "failed"], ["sentinel", "passed"])).toBe("vacuous");
    expect(verdict(["raises", "passed"], ["sentinel", "failed"])).toBe("vacuous");
    expect(verdict(["raises", "passed", true], ["sentinel", "passed"])).toBe("vacuous");
    expect(verdict(["raises", "passed", true], ["sentinel", "failed"])).toBe("outside");
    expect(verdict(["raises", "skipped"], ["sentinel", "failed"])).toBe("skipped");
    expect(verdict()).toBe("skipped");
  });

  it("asks of several parameters that one of them fails", () => {
    expect(verdict(["raises", "passed"], ["raises", "failed"], ["sentinel", "failed"])).toBe("red");
    expect(verdict(["raises", "passed"], ["raises", "passed"], ["sentinel", "failed"])).toBe("vacuous");
    expect(verdict(["raises", "passed"], ["raises", "skipped"], ["sentinel", "failed"])).toBe("skipped");
  });
});
