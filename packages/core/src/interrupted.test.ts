import { describe, expect, it } from "vitest";
import { createEngine } from "./engine.ts";
import {
  Breakage,
  makePlan,
  memoryJournal,
  resumeRun,
  specDocument,
  startRun,
  type Agent,
  type Assignment,
  type Engine,
  type Host,
  type Journal,
  type Kernel,
  type Message,
  type PlanRequest,
  type RunReport,
  type SpecDoc,
  type StageName,
} from "./index.ts";
import { fakeHost, foo, gateOf, good, kernelWith, noConfig, pluginOf } from "../test/in-memory.ts";

const place = { file: "specs/foo.md", line: 3, column: 1, endColumn: 9 };
const doc: SpecDoc = {
  file: "specs/foo.md",
  form: "markdown",
  meta: [],
  sections: [],
  requirements: [
    {
      id: "FR-1",
      synthetic: false,
      kind: "functional",
      title: "It keeps",
      text: "It MUST keep.",
      ears: [],
      criteria: [],
      at: place,
    },
  ],
  criteria: [],
  scenarios: [],
  apiBlocks: [],
  endpoints: [],
  examples: [],
  figures: [],
  dependencies: [],
  stageTargets: [],
  prose: [],
};
const component = { ...foo, spec: "specs/foo.md" };
const source = "src/foo/a.py";
const generated = "tests/spec/test_foo.py";
const outdated = "tests/spec/test_gone.py";

type Files = ReturnType<typeof fakeHost>["files"];

/**
 * An agent that needs one round for the code and another one for what the gates find, a generator, and a retriever that
 * finds something else each time. What they did lies in the files alone, as with real ones.
 */
function crew(files: Files, asked: Assignment[], agent: Partial<Agent> = {}): Promise<Kernel> {
  let finds = 0;
  const isDone = (): boolean => files.get(source) === "done\n";
  const problem = { fingerprint: "f", tool: "fake", rule: "R", level: "error" as const, message: "not done" };
  const names: readonly StageName[] = ["specification", "implementation", "testing", "refactoring"];
  const gates = names.map((name) =>
    gateOf(`${name}-gate`, {
      stages: [name],
      ...(name === "testing"
        ? { check: async () => (isDone() ? good : { ...good, findings: [problem] }) }
        : {}),
    }),
  );
  const write = (path: string, text: string): readonly string[] => {
    if (files.get(path) === text) return [];
    files.set(path, text);
    return [path];
  };
  return kernelWith(
    pluginOf(gates, (api) => {
      api.artifact({ key: specDocument, executesCode: false, produce: async () => doc });
      api.retriever({
        name: "finder",
        retrieve: async () => {
          finds += 1;
          const path = `src/foo/${files.size}-${finds}-${files.get(source)?.trim()}.py s3cret`;
          const hit = { kind: "symbol" as const, line: 1, text: "", score: 1, requirements: ["FR-1"], path };
          return { retriever: "finder", consulted: true, hits: [hit] };
        },
      });
      api.testGenerator({
        name: "maker",
        files: async () => [{ path: generated, open: false }],
        generate: async () => {
          files.delete(outdated);
          const state = write(generated, "def test_keep(): ...\n").length > 0 ? "written" : "unchanged";
          const id = `${generated}::test_keep`;
          return {
            files: [{ path: generated, state, open: false }],
            tests: [{ id, tier: "T0", requirements: ["FR-1"] }],
            vacuous: [],
            red: isDone() ? [] : [id],
            uncovered: [],
          };
        },
      });
      api.agent({
        name: "fake-agent",
        maxRounds: 5,
        contextTokens: 1000,
        async work(assignment) {
          asked.push(assignment);
          const text = assignment.stage === "implementation" ? "begun\n" : "done\n";
          const changed = write(source, text);
          return { state: "done", files: changed, patch: changed.join(""), summary: "", violations: [] };
        },
        ...agent,
      });
    }),
  );
}

/** A journal that dies at a write, for good. */
function dying(
  journal: Journal,
  at: number,
  when: "before" | "after",
): { journal: Journal; writes: () => number } {
  let writes = 0;
  const commit: Journal["commit"] = (change) => {
    writes += 1;
    if (writes > at || (writes === at && when === "before")) throw new Error("the process is dead");
    journal.commit(change);
    if (writes === at) throw new Error("the process is dead");
  };
  return { journal: { ...journal, commit }, writes: () => writes };
}

const engineOf = (journal: Journal, host: Host): Engine =>
  createEngine({ journal, clock: host.clock, lock: () => ({ release: () => undefined }) });

const request: PlanRequest = {
  kind: "run",
  target: "dev",
  components: [component],
  trusted: true,
  fix: false,
};

interface Voyage {
  readonly report: RunReport;
  readonly journal: Journal;
  readonly asked: readonly Assignment[];
  readonly writes: number;
}

/** Starts a run whose process dies at a write, and leads it to its end with another process. */
async function voyage(
  at: number,
  when: "before" | "after",
  changes: Partial<PlanRequest> = {},
  files: Readonly<Record<string, string>> = {},
): Promise<Voyage> {
  const host = fakeHost();
  for (const [path, text] of Object.entries({ [outdated]: "def test_gone(): ...\n", ...files }))
    host.files.set(path, text);
  const journal = memoryJournal();
  const asked: Assignment[] = [];
  const first = dying(journal, at, when);
  const kernel = await crew(host.files, asked);
  const plan = await makePlan(kernel, noConfig, { ...request, ...changes });
  const parts = { config: noConfig, host };
  const begun = await startRun(
    { id: "r1", plan },
    { ...parts, engine: engineOf(first.journal, host), kernel },
  ).catch(() => undefined);
  if (begun !== undefined) return { report: begun, journal, asked, writes: first.writes() };
  const again = { ...parts, engine: engineOf(journal, host), kernel: await crew(host.files, asked) };
  const report =
    journal.run("r1") === undefined
      ? await startRun({ id: "r1", plan }, again)
      : await resumeRun("r1", again);
  return { report, journal, asked, writes: first.writes() };
}

const factsOf = ({ journal }: Voyage): readonly { readonly kind: string }[] =>
  journal.facts("foo").entries.map(({ body }) => JSON.parse(body));
const about = ({ content }: Message): string => content.split(/[\s:]/, 4).join(" ");

describe("a run with an agent and generated tests that dies at any write", () => {
  it("passes in the end, with every fact and note once, and tells one plan", async () => {
    const whole = await voyage(Infinity, "before");
    expect(whole.report.exit).toBe(0);
    const words = whole.journal.messages("foo").map(about);
    expect(whole.asked).toHaveLength(2);
    for (let at = 1; at <= whole.writes; at += 1) {
      for (const when of ["before", "after"] as const) {
        const one = await voyage(at, when);
        const where = `${when} write ${at}`;
        expect([where, one.report.exit, one.report.status]).toEqual([where, 0, "closed"]);
        expect([where, factsOf(one).map(({ kind }) => kind)]).toEqual([where, ["red", "round", "round"]]);
        expect([where, one.journal.messages("foo").map(about)]).toEqual([where, words]);
        const [recorded] = one.report.stages[0]?.plans ?? [];
        // What was asked before anything of the plan was on record was asked with it all the same.
        expect(one.asked.map(({ plan }) => plan)).toEqual(one.asked.map(() => recorded));
        expect([where, one.report.stages.map(({ status }) => status)]).toEqual([
          where,
          ["passed", "passed", "passed", "passed"],
        ]);
      }
    }
  });

  it("says that what an interrupted round has written counts", async () => {
    const warned = async (at: number, when: "before" | "after"): Promise<boolean> =>
      (await voyage(at, when)).report.warnings.some(({ message }) => message.includes("interrupted"));
    const { writes } = await voyage(Infinity, "before");
    const all = Array.from({ length: writes }, (_, index) => warned(index + 1, "before"));
    // The generator, and the agent at the implementation and at testing.
    expect((await Promise.all(all)).filter(Boolean)).toHaveLength(3);
  });

  it("that begins at the implementation is told one plan, too", async () => {
    const before = await voyage(Infinity, "before", { from: "implementation" });
    expect(before.report.stages[0]?.plans).toHaveLength(1);
    for (let at = 1; at <= before.writes; at += 1) {
      const { report, asked } = await voyage(at, "after", { from: "implementation" });
      const [recorded] = report.stages[0]?.plans ?? [];
      expect([at, asked.map(({ plan }) => plan)]).toEqual([at, asked.map(() => recorded)]);
    }
  });
});

describe("what agents and retrievers say", () => {
  it.each(["done", "refused", "broke"] as const)(
    "is kept without secrets, also of a round that %s",
    async (state) => {
      const host = { ...fakeHost(), redact: (text: string) => text.replaceAll("s3cret", "***") };
      const words = "s3cret";
      const kernel = await crew(host.files, [], {
        async work() {
          host.files.set(source, "done\n");
          if (state === "broke")
            throw new Breakage("tool-config", { message: words, why: words, fix: [words] });
          const violations = state === "done" ? [] : [{ rule: "outside", detail: words }];
          return { state, files: [words], patch: words, summary: words, violations };
        },
      });
      const journal = memoryJournal();
      const plan = await makePlan(kernel, noConfig, request);
      const engine = engineOf(journal, host);
      const report = await startRun({ id: "r1", plan }, { engine, config: noConfig, kernel, host });
      const kept = [
        report.stages,
        journal.steps("r1"),
        journal.facts("foo"),
        journal.messages("foo"),
        journal.events({ run: "r1" }),
      ];
      expect(JSON.stringify(kept)).toContain("***");
      expect(JSON.stringify(kept)).not.toContain("s3cret");
    },
  );
});

describe("several components in one run", () => {
  const bare = { name: "bar", source: ["src/bar"], tests: [] };

  it("have a plan and tests where there is a specification, and an agent each, though one breaks at first", async () => {
    const host = fakeHost();
    host.files.set("src/bar/b.py", "b = 1\n");
    const asked: string[] = [];
    let broke = false;
    const kernel = await crew(host.files, [], {
      async work({ stage, round, plan }, ctx) {
        asked.push(`${stage} ${round} ${ctx.component.name}${plan === undefined ? "" : " with a plan"}`);
        if (ctx.component.name === "bar") {
          if (!broke) {
            broke = true;
            throw new Breakage("network", { message: "no route" });
          }
          host.files.set("src/bar/b.py", "b = 2\n");
          return { state: "done", files: ["src/bar/b.py"], patch: "b", summary: "", violations: [] };
        }
        host.files.set(source, "done\n");
        return { state: "done", files: [source], patch: "a", summary: "", violations: [] };
      },
    });
    const config = { ...noConfig, stages: { implementation: { retry: { max: 1 } } } };
    const journal = memoryJournal();
    const plan = await makePlan(kernel, config, { ...request, components: [component, bare] });
    const engine = engineOf(journal, host);
    const report = await startRun({ id: "r1", plan }, { engine, config, kernel, host });
    expect([report.exit, report.stages.map(({ status }) => status)]).toEqual([
      0,
      ["passed", "passed", "passed", "passed"],
    ]);
    expect(report.stages[0]?.plans?.map((one) => one.component)).toEqual(["foo"]);
    expect(report.stages[1]?.generated?.map((one) => one.component)).toEqual(["foo"]);
    // Who is done is not asked again because another one broke, and its patch is in the report all the same.
    expect(asked).toEqual([
      "implementation 1 foo with a plan",
      "implementation 1 bar",
      "implementation 1 bar",
    ]);
    expect(report.stages[1]?.rounds?.map(({ component: of, state, patch }) => [of, state, patch])).toEqual([
      ["foo", "done", "a"],
      ["bar", "broke", ""],
      ["foo", "idle", ""],
      ["bar", "done", "b"],
    ]);
  });
});

describe("a run whose agent is no longer there", () => {
  it("stops where it would have worked, and says what to do", async () => {
    const host = fakeHost();
    const journal = memoryJournal();
    const kernel = await crew(host.files, []);
    const plan = await makePlan(kernel, noConfig, request);
    const dead = dying(journal, 6, "after");
    const parts = { config: noConfig, host };
    await expect(
      startRun({ id: "r1", plan }, { ...parts, engine: engineOf(dead.journal, host), kernel }),
    ).rejects.toThrow("dead");
    const others = await kernelWith(pluginOf([...kernel.gates.values()].map(({ gate }) => gate)));
    const engine = engineOf(journal, host);
    const report = await resumeRun("r1", { ...parts, engine, kernel: others }, { acceptPlugins: true });
    expect([report.exit, report.stages[1]]).toMatchObject([
      3,
      { status: "stopped", error: { code: "TP4013", fix: [expect.stringContaining("--no-agent")] } },
    ]);
  });
});

describe("a run without an agent whose generator writes and removes files", () => {
  const isReady = { [source]: "done\n" };

  it("asks again whoever saw them as they were, also when it dies at any write", async () => {
    const whole = await voyage(Infinity, "before", { agent: false }, isReady);
    expect(whole.report.exit).toBe(0);
    for (let at = 1; at <= whole.writes; at += 1) {
      const { report } = await voyage(at, "before", { agent: false }, isReady);
      expect([at, report.exit]).toEqual([at, 0]);
    }
  });

  it("asks them again when a file was only removed", async () => {
    const files = { ...isReady, [generated]: "def test_keep(): ...\n" };
    const { report } = await voyage(Infinity, "before", { agent: false }, files);
    expect([report.exit, report.stages[1]?.results.map(({ gate }) => gate)]).toEqual([
      0,
      ["specification-gate", "implementation-gate"],
    ]);
  });
});

describe("what a round changed", () => {
  it("is seen in the files, whatever the agent says of it", async () => {
    const host = fakeHost();
    const kernel = await crew(host.files, [], {
      async work({ stage }) {
        host.files.set(source, stage === "implementation" ? "begun\n" : "done\n");
        return { state: "done", files: [], patch: "", summary: "", violations: [] };
      },
    });
    const plan = await makePlan(kernel, noConfig, request);
    const engine = engineOf(memoryJournal(), host);
    const report = await startRun({ id: "r1", plan }, { engine, config: noConfig, kernel, host });
    expect([report.exit, report.stages[2]?.rounds?.map(({ changed }) => changed)]).toEqual([0, [true]]);
  });

  it("before an attempt that broke stands in the report as well", async () => {
    const host = fakeHost();
    let calls = 0;
    const kernel = await crew(host.files, [], {
      async work() {
        calls += 1;
        if (calls === 1) throw new Breakage("network", { message: "no route" });
        host.files.set(source, "done\n");
        return { state: "done", files: [source], patch: "p", summary: "", violations: [] };
      },
    });
    const plan = await makePlan(
      kernel,
      { ...noConfig, stages: { implementation: { retry: { max: 1 } } } },
      request,
    );
    const engine = engineOf(memoryJournal(), host);
    const report = await startRun({ id: "r1", plan }, { engine, config: noConfig, kernel, host });
    expect(report.stages[1]?.rounds?.map(({ state }) => state)).toEqual(["broke", "done"]);
  });
});
