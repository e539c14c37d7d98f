import { describe, expect, it } from "vitest";
import {
  Breakage,
  memoryEngine,
  specDocument,
  startRun,
  makePlan,
  type Agent,
  type AgentOutcome,
  type Assignment,
  type Gate,
  type Host,
  type Kernel,
  type PluginApi,
  type Retriever,
  type RunReport,
  type SpecDoc,
  type SpecRequirement,
  type TestGenerator,
} from "./index.ts";
import {
  fakeHost,
  foo,
  gateOf,
  good,
  kernelWith,
  noConfig,
  pluginOf,
  runInMemory,
} from "../test/in-memory.ts";

const at = { file: "specs/foo.md", line: 3, column: 1, endColumn: 9 };
const requirement = (id: string, changes: Partial<SpecRequirement> = {}): SpecRequirement => ({
  id,
  synthetic: false,
  kind: "functional",
  title: `${id} is kept`,
  text: "It MUST be kept.",
  ears: [],
  criteria: [{ text: "it is kept", at }],
  at,
  ...changes,
});
const doc: SpecDoc = {
  file: "specs/foo.md",
  form: "markdown",
  meta: [],
  sections: [],
  requirements: [requirement("FR-1"), requirement("FR-2", { proof: "drill" })],
  criteria: [],
  scenarios: [],
  apiBlocks: [{ text: "def keep(): ...", at }],
  endpoints: [],
  examples: [],
  figures: [],
  dependencies: [],
  stageTargets: [],
  prose: [],
};

const component = { ...foo, spec: "specs/foo.md" };
const stages = ["specification", "implementation", "testing", "refactoring"] as const;
const finding = (fingerprint: string) => ({
  fingerprint,
  tool: "fake",
  rule: "R",
  level: "error" as const,
  message: `problem ${fingerprint}`,
});

/** Gates at each stage of dev; those of `testing` and `implementation` can be told what stands in the way. */
function gates(changes: Partial<Record<(typeof stages)[number], Partial<Gate>>> = {}): readonly Gate[] {
  return stages.map((stage) => gateOf(`${stage}-gate`, { stages: [stage], ...changes[stage] }));
}

const withSpec = (api: PluginApi): void =>
  api.artifact({ key: specDocument, executesCode: false, produce: async () => doc });

function agentOf(work: Agent["work"], maxRounds = 5): Agent {
  return { name: "fake-agent", maxRounds, contextTokens: 1000, work };
}

const done = (changes: Partial<AgentOutcome> = {}): AgentOutcome => ({
  state: "done",
  files: [],
  patch: "",
  summary: "well",
  violations: [],
  ...changes,
});

function run(
  more: (api: PluginApi) => void,
  changes: Parameters<typeof gates>[0] = {},
  host: Host = fakeHost(),
): ReturnType<typeof runInMemory> {
  return kernelWith(
    pluginOf(gates(changes), (api) => {
      withSpec(api);
      more(api);
    }),
  ).then((kernel) => runInMemory(kernel, { kind: "run", components: [component] }, host));
}

const stageOf = (report: RunReport, name: string): RunReport["stages"][number] | undefined =>
  report.stages.find(({ stage }) => stage === name);

describe("the stage specification", () => {
  const hit = { kind: "symbol" as const, line: 1, symbol: "keep", text: "def keep()", score: 1 };
  const finds: Retriever = {
    name: "finder",
    retrieve: async () => ({
      retriever: "finder",
      consulted: true,
      hits: [
        { ...hit, path: "src/foo/a.py", requirements: ["FR-1"] },
        { ...hit, path: "tests/test_a.py", requirements: ["FR-1"] },
      ],
    }),
  };

  it("makes a plan with a task, its proof, files and tests for each requirement, and remembers it", async () => {
    const { report, events } = await run((api) => api.retriever(finds));
    expect(stageOf(report, "specification")?.plans?.[0]?.tasks).toMatchObject([
      {
        id: "FR-1",
        proof: "test",
        files: ["src/foo/a.py"],
        tests: ["tests/test_a.py"],
        criteria: ["it is kept"],
      },
      { id: "FR-2", proof: "drill", files: [], tests: [] },
    ]);
    const [message] = report.sessions[0]?.messages ?? [];
    expect(message).toMatchObject({
      importance: 1,
      content: expect.stringContaining("FR-1 FR-1 is kept (line 3"),
    });
    expect(Object.keys(message?.refs?.spec ?? {})).toEqual(["FR-1", "FR-2"]);
    expect(events.find(({ type }) => type === "plan")).toMatchObject({ tasks: 2, hits: 2 });
  });

  it("says that a retriever was not consulted when it fails, and goes on", async () => {
    const fails: Retriever = {
      name: "finder",
      retrieve: async () => {
        throw new Error("no route to host");
      },
    };
    const { report } = await run((api) => api.retriever(fails));
    expect(report.exit).toBe(0);
    expect(stageOf(report, "specification")?.plans?.[0]?.retrievals).toEqual([
      { retriever: "finder", consulted: false, reason: "no route to host", hits: [] },
    ]);
    expect(report.warnings).toEqual([{ message: "finder was not consulted: no route to host" }]);
  });

  it("leaves a specification that cannot be used to the gates", async () => {
    const kernel = await kernelWith(
      pluginOf(gates(), (api) =>
        api.artifact({
          key: specDocument,
          executesCode: false,
          produce: async () => {
            throw new Breakage("no-input", { message: "binary" });
          },
        }),
      ),
    );
    const { report } = await runInMemory(kernel, { kind: "run", components: [component] });
    expect([report.exit, stageOf(report, "specification")?.plans]).toEqual([0, undefined]);
  });
});

describe("the tests of the specification", () => {
  const generator = (
    changes: Partial<Awaited<ReturnType<TestGenerator["generate"]>>> = {},
  ): TestGenerator => ({
    name: "maker",
    files: async () => [],
    generate: async () => ({
      files: [{ path: "tests/spec/test_foo.py", state: "written", open: false }],
      tests: [{ id: "tests/spec/test_foo.py::test_keep", tier: "T0", requirements: ["FR-1"] }],
      vacuous: [],
      red: ["tests/spec/test_foo.py::test_keep"],
      uncovered: [],
      ...changes,
    }),
  });

  it("are made before the agent works, and those that failed are on record with the tree", async () => {
    const order: string[] = [];
    const made = generator();
    const host = fakeHost();
    const kernel = await kernelWith(
      pluginOf(gates(), (api) => {
        withSpec(api);
        api.testGenerator({
          ...made,
          generate: (...args) => {
            order.push("tests");
            return made.generate(...args);
          },
        });
        api.agent(
          agentOf(async () => {
            order.push("agent");
            return done();
          }),
        );
      }),
    );
    const engine = memoryEngine(host.clock);
    const plan = await makePlan(kernel, noConfig, {
      kind: "run",
      target: "dev",
      components: [component],
      trusted: true,
      fix: false,
    });
    await startRun({ id: "r1", plan }, { engine, config: noConfig, kernel, host });
    expect(order).toEqual(["tests", "agent"]);
    const facts = engine.journal.facts("foo").entries.map(({ body }) => JSON.parse(body));
    expect(facts).toMatchObject([
      { kind: "red", generator: "maker", tests: ["tests/spec/test_foo.py::test_keep"], run: "r1" },
      { kind: "round", state: "done" },
    ]);
  });

  it("are not made of strangers' code: nobody runs them", async () => {
    let calls = 0;
    const kernel = await kernelWith(
      pluginOf(gates(), (api) => {
        withSpec(api);
        api.testGenerator({
          ...generator(),
          generate: async () => ((calls += 1), generator().generate(doc, never)),
        });
      }),
    );
    const host = fakeHost({ trusted: false });
    const { report } = await runInMemory(kernel, { kind: "run", components: [component] }, host);
    expect([report.exit, calls]).toEqual([0, 0]);
  });

  it("stop the run with exit 3 when they cannot be made", async () => {
    const { report } = await run((api) =>
      api.testGenerator({
        ...generator(),
        generate: async () => {
          const words = {
            why: "Tests lie somewhere.",
            fix: ["tests: [tests]"],
            where: ["towpath.config.yaml:3"],
          };
          throw new Breakage("no-input", { message: "no test path is declared", ...words });
        },
      }),
    );
    expect(report.exit).toBe(3);
    expect(stageOf(report, "implementation")).toMatchObject({
      status: "stopped",
      reason: "no test path is declared",
      code: "TP4008",
      error: {
        code: "TP4008",
        why: "Tests lie somewhere.",
        fix: ["tests: [tests]"],
        where: ["towpath.config.yaml:3"],
      },
    });
  });
});

// Only a generator that is never called gets it.
const never = undefined as never;

describe("the agent", () => {
  /** A gate that fails until the agent has worked so often. */
  const failsUntil = (rounds: { count: number }, passes: number): Partial<Gate> => ({
    check: async () =>
      rounds.count >= passes ? good : { ...good, findings: [finding(`f${Math.min(rounds.count, passes)}`)] },
  });

  it("works first at the stage implementation and gets the plan and the session", async () => {
    const asked: Assignment[] = [];
    const { report } = await run((api) =>
      api.agent(
        agentOf(async (assignment) => {
          asked.push(assignment);
          return done();
        }),
      ),
    );
    expect(report.exit).toBe(0);
    expect(asked).toMatchObject([
      { stage: "implementation", round: 1, failures: [], plan: { component: "foo" } },
    ]);
    expect(asked[0]?.brief.messages.some(({ content }) => content.includes("Plan from"))).toBe(true);
    expect(stageOf(report, "implementation")?.rounds).toMatchObject([
      { agent: "fake-agent", state: "done", round: 1 },
    ]);
  });

  it("works again on what stands in the way, at testing too, until the gates pass", async () => {
    const host = fakeHost();
    const rounds = { count: 0 };
    const asked: Assignment[] = [];
    const { report } = await run(
      (api) =>
        api.agent(
          agentOf(async (assignment) => {
            asked.push(assignment);
            if (assignment.stage === "testing") rounds.count += 1;
            host.files.set("src/foo/a.py", `a = ${asked.length}\n`);
            return done({ files: ["src/foo/a.py"], patch: "p" });
          }),
        ),
      { testing: failsUntil(rounds, 2) },
      host,
    );
    expect(report.exit).toBe(0);
    expect(
      asked.map(({ stage, round, failures }) => [stage, round, failures.map(({ gate }) => gate)]),
    ).toEqual([
      ["implementation", 1, []],
      ["testing", 1, ["testing-gate"]],
      ["testing", 2, ["testing-gate"]],
    ]);
    // What the agent changed voids the evidence of the stages before, so their gates answered again.
    expect(
      stageOf(report, "testing")
        ?.results.map(({ gate }) => gate)
        .toSorted(),
    ).toEqual(["implementation-gate", "specification-gate", "testing-gate"]);
  });

  it.each([
    ["changes nothing", [], "TP3802"],
    ["leaves the same problems", ["src/foo/a.py"], "TP3802"],
  ] as const)("is stopped when it %s", async (_, files, code) => {
    const host = fakeHost();
    let count = 0;
    const { report } = await run(
      (api) =>
        api.agent(
          agentOf(async () => {
            count += 1;
            if (files.length > 0) host.files.set("src/foo/a.py", `a = ${count}\n`);
            return done({ files });
          }),
        ),
      { testing: { check: async () => ({ ...good, findings: [finding("same")] }) } },
      host,
    );
    expect(report.exit).toBe(1);
    expect(stageOf(report, "testing")).toMatchObject({ status: "stopped", code });
    expect(count).toBe(2);
  });

  it("is stopped when its rounds are used up", async () => {
    const host = fakeHost();
    let count = 0;
    const { report } = await run(
      (api) =>
        api.agent(
          agentOf(async () => {
            count += 1;
            host.files.set("src/foo/a.py", `a = ${count}\n`);
            return done({ files: ["src/foo/a.py"] });
          }, 3),
        ),
      { testing: { check: async () => ({ ...good, findings: [finding(`f${count}`)] }) } },
      host,
    );
    expect([report.exit, count]).toEqual([1, 4]);
    expect(stageOf(report, "testing")).toMatchObject({
      code: "TP3803",
      reason: "the 3 rounds of fake-agent are used up",
    });
  });

  it("that did what it may not stops the run with exit 1, at once", async () => {
    let count = 0;
    const { report } = await run((api) =>
      api.agent(
        agentOf(async () => {
          count += 1;
          const violation = {
            rule: "outside",
            path: "pyproject.toml",
            detail: "writes outside of its paths",
          };
          return done({ state: "refused", violations: [violation] });
        }),
      ),
    );
    expect([report.exit, count]).toEqual([1, 1]);
    expect(stageOf(report, "implementation")).toMatchObject({
      status: "stopped",
      code: "TP3801",
      reason: "fake-agent did what it may not: pyproject.toml: writes outside of its paths",
      rounds: [{ state: "refused" }],
    });
  });

  it("that breaks is tried again as the stage's policy says, and then stops the run with exit 3", async () => {
    const host = fakeHost();
    let count = 0;
    const { report, events } = await run(
      (api) =>
        api.agent(
          agentOf(async ({ stage }) => {
            if (stage === "implementation") return done();
            count += 1;
            throw new Breakage("tool-crash", { message: "it died" });
          }),
        ),
      { testing: { check: async () => ({ ...good, findings: [finding("f")] }) } },
      host,
    );
    expect([report.exit, count]).toEqual([3, 4]);
    const delays = events.flatMap((event) => (event.type === "retry" ? [event.delayMs] : []));
    expect(delays).toEqual([1000, 2000, 4000]);
    expect(host.slept).toHaveLength(3);
    expect(stageOf(report, "testing")).toMatchObject({
      reason: "fake-agent broke: it died",
      error: { code: "TP4005", message: "it died", why: expect.stringMatching(/./) },
    });
  });

  it.each([
    ["--no-agent", { agent: false }, {}],
    ["untrusted mode", {}, { trusted: false }],
  ] as const)("does not work with %s", async (_, request, changes) => {
    let count = 0;
    const kernel: Kernel = await kernelWith(
      pluginOf(gates(), (api) => api.agent(agentOf(async () => ((count += 1), done())))),
    );
    const host = fakeHost(changes);
    const { report } = await runInMemory(kernel, { kind: "run", components: [component], ...request }, host);
    expect([report.exit, count]).toEqual([0, 0]);
  });

  it("is not asked again while nothing has changed since it was done", async () => {
    const host = fakeHost();
    const engine = memoryEngine(host.clock);
    let count = 0;
    const kernel = await kernelWith(
      pluginOf(gates(), (api) => api.agent(agentOf(async () => ((count += 1), done())))),
    );
    const plan = await makePlan(kernel, noConfig, {
      kind: "run",
      target: "dev",
      components: [component],
      trusted: true,
      fix: false,
    });
    const parts = { engine, config: noConfig, kernel, host };
    await startRun({ id: "r1", plan }, parts);
    const second = await startRun({ id: "r2", plan }, parts);
    expect(count).toBe(1);
    expect(stageOf(second, "implementation")?.rounds).toMatchObject([{ state: "idle" }]);
    host.files.set("src/foo/a.py", "a = 2\n");
    await startRun({ id: "r3", plan }, parts);
    expect(count).toBe(2);
  });
});
