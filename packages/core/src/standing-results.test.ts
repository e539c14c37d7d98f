import { describe, expect, it } from "vitest";
import { fakeHost, foo, gateOf, kernelWith, noConfig, pluginOf } from "../test/in-memory.ts";
import type { Gate } from "./gate.ts";
import { checkGateEnvironment, type GateEnvironment } from "./gate-environment.ts";
import type { Journal } from "./journal.ts";
import { makePlan } from "./make-plan.ts";
import { memoryEngine } from "./memory-engine.ts";
import type { Plan } from "./plan.ts";
import type { GateResult } from "./result.ts";
import { startRun } from "./run.ts";
import { standingResults, type Standing } from "./standing-results.ts";

type FakeHost = ReturnType<typeof fakeHost>;

const says: Partial<Gate> = {
  configFiles: ["ruff.toml"],
  environment: async () => ({ values: { engine: "1.0" } }),
};

/** Checks once; answers with what is on record and what a later look needs. */
async function checked(
  gates: readonly Gate[],
  host: FakeHost = fakeHost(),
): Promise<{ plan: Plan; journal: Journal; host: FakeHost }> {
  const kernel = await kernelWith(pluginOf(gates));
  const plan = await makePlan(kernel, noConfig, {
    kind: "check",
    target: "dev",
    components: [foo],
    trusted: true,
    fix: false,
    only: gates.map(({ name }) => name),
  });
  const engine = memoryEngine(host.clock);
  await startRun({ id: "r1", plan }, { engine, config: noConfig, kernel, host });
  return { plan, journal: engine.journal, host };
}

/** What is on record, with one result changed as whoever can make seals could. */
function forged(journal: Journal, change: (result: GateResult) => GateResult): Journal {
  return {
    ...journal,
    latest(component, gate) {
      const found = journal.latest(component, gate);
      return found && { ...found, result: change(found.result) };
    },
  };
}

const stands = (standing: Standing | undefined): readonly string[] =>
  standing?.results.map(({ gate, cached }) => `${gate} of ${cached?.run}`) ?? [];

describe("results stand", () => {
  it("while nothing changes, without the gate, and show nothing of what they were made of", async () => {
    const parts = await checked([gateOf("lint", says), gateOf("format", says)]);
    const standing = await standingResults(parts);
    expect(stands(standing)).toEqual(["lint of r1", "format of r1"]);
    expect(standing?.decision.promotes).toBe(true);
    expect(standing?.results.some((result) => result.basis !== undefined)).toBe(false);
  });

  it.each<[string, (host: FakeHost) => void]>([
    ["the source", ({ files }) => files.set("src/foo/a.py", "a = 2\n")],
    ["the configuration", ({ files }) => files.set("ruff.toml", "")],
    ["the configuration of a folder", ({ files }) => files.set("src/foo/ruff.toml", "")],
    ["the time", ({ clock }) => void clock.sleep(25 * 3_600_000, new AbortController().signal)],
  ])("no longer when %s changes", async (_, change) => {
    const parts = await checked([gateOf("lint", says)]);
    change(parts.host);
    expect(await standingResults(parts)).toBeUndefined();
  });

  it("no longer when what is looked at gives another answer, or none", async () => {
    const parts = await checked([gateOf("lint", says)]);
    const other = { ...parts.host, lookAt: async () => "other" };
    expect(await standingResults({ ...parts, host: other })).toBeUndefined();
    const none = { ...parts.host, lookAt: async () => Promise.reject(new Error("nobody knows")) };
    await expect(standingResults({ ...parts, host: none })).rejects.toThrow("nobody knows");
  });

  it("only where code of the repository around a gate that follows imports is what it was", async () => {
    const { files, workspace, ...host } = fakeHost();
    const list: typeof workspace.list = async (paths) =>
      paths[0] === "." ? { files: [...files.keys()].toSorted(), missing: [] } : workspace.list(paths);
    const whole = { ...host, files, workspace: { ...workspace, list } };
    const types = await checked([gateOf("types", { ...says, followsImports: true })], whole);
    const lint = await checked([gateOf("lint", says)], whole);
    expect(stands(await standingResults(types))).toHaveLength(1);
    files.set("src/bar.py", "");
    expect(await standingResults(types)).toBeUndefined();
    expect(stands(await standingResults(lint))).toHaveLength(1);
  });

  it("only where nothing in the repository has changed around a gate that executes code", async () => {
    const { files, workspace, ...host } = fakeHost();
    const list: typeof workspace.list = async (paths) =>
      paths[0] === "." ? { files: [...files.keys()].toSorted(), missing: [] } : workspace.list(paths);
    const whole = { ...host, files, workspace: { ...workspace, list } };
    const tests = await checked([gateOf("tests", { ...says, executesCode: true })], whole);
    const types = await checked([gateOf("types", { ...says, followsImports: true })], whole);
    expect(stands(await standingResults(tests))).toHaveLength(1);
    files.set("data/cases.json", "[]");
    expect(await standingResults(tests)).toBeUndefined();
    expect(stands(await standingResults(types))).toHaveLength(1);
    // What is installed there counts by its names and versions.
    files.delete("data/cases.json");
    files.set(".venv/lib/x.py", "");
    expect(stands(await standingResults(tests))).toHaveLength(1);
  });

  it.each<[string, Partial<Gate>]>([
    ["that does not say what it depends on", {}],
    ["about what staging runs", { ...says, subject: "deployment" }],
    ["that failed", { ...says, check: async () => Promise.reject(new Error("broken")) }],
  ])("never of a gate %s, nor beside it", async (_, changes) => {
    const parts = await checked([gateOf("lint", says), gateOf("types", changes)]);
    expect(await standingResults(parts)).toBeUndefined();
    // Where it is optional, it does not block: it is asked all the same.
    const stages = parts.plan.stages.map((stage) => ({
      ...stage,
      gates: stage.gates.map((gate) => ({ ...gate, required: gate.name === "lint" })),
    }));
    expect(await standingResults({ ...parts, plan: { ...parts.plan, stages } })).toBeUndefined();
  });

  it("not over a chain that is not whole, whatever its last results say", async () => {
    const { journal, ...parts } = await checked([gateOf("lint", says), gateOf("format", says)]);
    const evidence: Journal["evidence"] = (component) => {
      const { entries, head } = journal.evidence(component);
      return { entries: entries.slice(1), head };
    };
    expect(await standingResults({ ...parts, journal: { ...journal, evidence } })).toBeUndefined();
  });

  it("only by the policy of the plan", async () => {
    const { plan, ...parts } = await checked([gateOf("lint", says)]);
    const stages = plan.stages.map((stage) => ({
      ...stage,
      gates: stage.gates.map((gate) => ({ ...gate, policy: "another" })),
    }));
    expect(await standingResults({ ...parts, plan: { ...plan, stages } })).toBeUndefined();
  });

  it.each<[string, (basis: NonNullable<GateResult["basis"]>) => GateResult["basis"]]>([
    ["fewer files that configure", (basis) => ({ ...basis, configFiles: [] })],
    ["no imports", (basis) => ({ ...basis, around: "nothing" })],
    ["nothing to look at", (basis) => ({ ...basis, environment: {} })],
    ["nothing at all", () => undefined],
  ])("not when a record claims that there is %s", async (_, change) => {
    const { journal, ...parts } = await checked([gateOf("types", { ...says, followsImports: true })]);
    const lies = forged(journal, ({ basis, ...result }) => {
      const changed = basis && change(basis);
      return changed === undefined ? result : { ...result, basis: changed };
    });
    expect(stands(await standingResults({ ...parts, journal }))).toHaveLength(1);
    expect(await standingResults({ ...parts, journal: lies })).toBeUndefined();
  });
});

describe("what a gate depends on", () => {
  it.each([["text"], [1], [null], [[]], [{ tool: "ruff 0.17" }]])(
    "is not %j, which nobody could look at",
    (value) => {
      expect(() => checkGateEnvironment(value)).toThrow(TypeError);
    },
  );

  it("counts together with the answers", async () => {
    const inputsOf = async (environment: GateEnvironment): Promise<string | undefined> => {
      const { journal } = await checked([gateOf("lint", { environment: async () => environment })]);
      return journal.latest("foo", "lint")?.result.inputs.environment;
    };
    expect(await inputsOf({ files: ["a"] })).not.toBe(await inputsOf({ files: [] }));
  });
});
