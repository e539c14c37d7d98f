import { memoryJournal, type ExecutedTest, type Fact, type GateResult, type Target } from "@towpath/core";
import { project, runGate } from "@towpath/testkit";
import { describe, expect, it } from "vitest";
import { requirement, specOf } from "../../test/spec-of.ts";
import { specFile, withArtifacts } from "../../test/with-artifacts.ts";
import testgen from "../index.ts";
import { markedId } from "./marked-id.ts";
import type { TraceDetails } from "./trace-rows.ts";

const executed = (id: string, parts: Partial<ExecutedTest> = {}): ExecutedTest => ({
  nodeid: `tests/test_foo.py::test_${id.toLowerCase().replace("-", "_")}`,
  outcome: "passed",
  rerun: false,
  expectedFailure: false,
  file: "tests/test_foo.py",
  line: 3,
  spec: [id],
  ...parts,
});

interface Setup {
  readonly requirements: readonly ReturnType<typeof requirement>[];
  readonly tests?: readonly ExecutedTest[];
  readonly facts?: (root: string) => readonly Fact[];
  readonly target?: Target;
}

async function trace({ requirements, tests = [], facts, target = "dev" }: Setup): Promise<GateResult> {
  const { root } = await project({
    [specFile]: JSON.stringify(specOf({ requirements })),
    "run.json": JSON.stringify(tests),
    "tests/test_foo.py": "",
    "src/foo/__init__.py": "",
  });
  const journal = memoryJournal();
  journal.commit({ facts: (facts?.(root) ?? []).map((fact) => ({ component: "foo", fact })) });
  return runGate(withArtifacts(testgen()), "trace", { root, journal, target });
}

const states = ({ details, error }: GateResult): Readonly<Record<string, string>> => {
  if (error !== undefined) throw new Error(JSON.stringify(error));
  const { rows } = details as unknown as TraceDetails;
  return Object.fromEntries(rows.map((row) => [row.requirement, row.state]));
};

describe("the gate trace", () => {
  it("takes for a proof only a test that was executed, passed at once and was meant to", async () => {
    const ids = ["FR-1", "FR-2", "FR-3", "FR-4", "FR-5", "FR-6", "FR-7"];
    const result = await trace({
      requirements: ids.map((id) => requirement(id)),
      tests: [
        executed("FR-001"),
        executed("FR-2", { outcome: "failed" }),
        executed("FR-2"),
        executed("FR-3", { rerun: true }),
        executed("FR-4", { expectedFailure: true }),
        executed("FR-5", { outcome: "skipped" }),
        executed("FR-6", { outcome: "skipped" }),
        executed("FR-6"),
        executed("other", { nodeid: "tests/test_foo.py::test_FR_7", spec: [] }),
      ],
    });
    expect(states(result)).toEqual({
      "FR-1": "proven",
      "FR-2": "failing",
      "FR-3": "gap",
      "FR-4": "gap",
      "FR-5": "gap",
      "FR-6": "proven",
      "FR-7": "gap",
    });
    expect(result.verdict).toBe("warned");
    expect(result.measurements[0]).toMatchObject({ name: "requirements proven", unit: "%" });
    expect(result.measurements[0]?.value).toBeCloseTo((2 / 7) * 100);
    expect(result.findings.map(({ rule, level }) => [rule, level])).toEqual(
      Array.from({ length: 5 }, () => ["TP1134", "warning"]),
    );
    const [row] = (result.details as unknown as TraceDetails).rows;
    expect(row?.tests).toEqual([
      { id: "tests/test_foo.py::test_fr_001", outcome: "passed", file: "tests/test_foo.py", line: 3 },
    ]);
  });

  it("is the stricter the nearer production is, and lets a MAY without tests wait", async () => {
    const requirements = [
      requirement("FR-1", { modal: "must" }),
      requirement("FR-2", { priority: "High" }),
      requirement("FR-3", { modal: "should", priority: "Low" }),
      requirement("FR-4", { modal: "may" }),
      requirement("FR-5", { modal: "may" }),
    ];
    const tests = [executed("FR-5", { outcome: "failed" })];
    const levels = async (target: Target): Promise<readonly string[]> =>
      (await trace({ requirements, tests, target })).findings.map(
        ({ message, level }) => `${message.slice(0, 4)} ${level}`,
      );
    expect(await levels("dev")).toEqual(["FR-1 warning", "FR-2 warning", "FR-3 warning", "FR-5 warning"]);
    expect(await levels("staging")).toEqual(["FR-1 error", "FR-2 error", "FR-3 warning", "FR-5 warning"]);
    expect(await levels("production")).toEqual(["FR-1 error", "FR-2 error", "FR-3 error", "FR-5 error"]);
    const result = await trace({ requirements, tests, target: "production" });
    expect(result.verdict).toBe("failed");
    expect(states(result)["FR-4"]).toBe("deferred");
  });

  it("finds ids that the specification does not have", async () => {
    const result = await trace({
      requirements: [requirement("FR-1")],
      tests: [executed("FR-1"), executed("FR-9")],
    });
    expect(result.verdict).toBe("warned");
    expect(result.findings).toMatchObject([
      { rule: "TP1112", level: "warning", file: "tests/test_foo.py", range: { startLine: 3 } },
    ]);
  });

  it("takes a drill or an attestation only where it is named, fresh, and about this code", async () => {
    const now = Date.now();
    const drill = (days: number, passed = true): Fact => ({
      kind: "drill",
      at: new Date(now - days * 86_400_000).toISOString(),
      drill: "rollback",
      environment: "staging",
      digest: "d",
      scenarios: [{ name: "a", passed, detail: "", tookMs: 1, limitMs: 2 }],
    });
    const attestation = (tree: string, expires = now + 1000): Fact => ({
      kind: "attestation",
      at: new Date(now).toISOString(),
      criterion: "security-review",
      tree,
      by: "somebody",
      expires: new Date(expires).toISOString(),
    });
    const requirements = [
      requirement("FR-1", { text: "A rollback MUST work.", proof: "drill" }),
      requirement("FR-2", { text: "A rollback MUST work." }),
      requirement("FR-3", { title: "Security review", proof: "attestation" }),
    ];
    const of = async (...facts: readonly Fact[]): Promise<readonly string[]> =>
      Object.values(states(await trace({ requirements, facts: () => facts })));
    expect(await of(drill(1))).toEqual(["other-proof", "gap", "gap"]);
    expect(await of(drill(31))).toEqual(["gap", "gap", "gap"]);
    expect(await of(drill(-1))).toEqual(["gap", "gap", "gap"]);
    expect(await of(drill(2), drill(1, false))).toEqual(["gap", "gap", "gap"]);
    expect(await of(attestation("another tree"))).toEqual(["gap", "gap", "gap"]);
    const { inputs } = await trace({ requirements });
    expect(await of(attestation(inputs.tree))).toEqual(["gap", "gap", "other-proof"]);
    expect(await of(attestation(inputs.tree, now - 1))).toEqual(["gap", "gap", "gap"]);
  });

  it("has nothing to say of a specification without requirements", async () => {
    const result = await trace({ requirements: [] });
    expect([result.verdict, result.error?.kind]).toEqual(["errored", "no-input"]);
  });
});

describe("markedId", () => {
  it("reads ids as the specification's reader writes them", () => {
    expect(["FR-1", "fr_001", "FR001", "NFR-2.01", "fr-auth-03", "a-title", " FR-1 "].map(markedId)).toEqual([
      "FR-1",
      "FR-1",
      "FR-1",
      "NFR-2.1",
      "FR-AUTH-3",
      "a-title",
      "FR-1",
    ]);
  });
});
