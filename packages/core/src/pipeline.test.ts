import { describe, expect, it } from "vitest";
import type { Config } from "./config/types.ts";
import { Breakage, type Gate, type StageName, type Target } from "./index.ts";
import { fakeHost, gateOf, good, kernelWith, noConfig, pluginOf, runInMemory } from "../test/in-memory.ts";

const finding = { fingerprint: "f", tool: "fake", rule: "R", level: "error" as const, message: "m" };
const failing = (): Partial<Gate> => ({ check: async () => ({ ...good, findings: [finding] }) });
const gateAt = (stage: StageName, changes: Partial<Gate> = {}): Gate =>
  gateOf(`${stage}-gate`, { stages: [stage], ...changes });
const devGates = (changes: Partial<Record<StageName, Partial<Gate>>> = {}): readonly Gate[] =>
  (["specification", "implementation", "testing", "refactoring"] as const).map((stage) =>
    gateAt(stage, changes[stage]),
  );
const run = { kind: "run" as const };
const deployedElsewhere: Config = {
  ...noConfig,
  stages: { staging: { noDeploy: "elsewhere" }, production: { noDeploy: "elsewhere" } },
};

describe("the pipeline", () => {
  it("goes through four stages for dev, in order, and records each in the session", async () => {
    const { report, events } = await runInMemory(await kernelWith(pluginOf(devGates())), run);
    expect(report.exit).toBe(0);
    expect(report.stages.map(({ stage, status }) => [stage, status])).toEqual([
      ["specification", "passed"],
      ["implementation", "passed"],
      ["testing", "passed"],
      ["refactoring", "passed"],
    ]);
    expect(report.sessions[0]?.messages.map((message) => message.importance)).toEqual([1, 1, 0.9, 0.7]);
    expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1));
  });

  it.each([
    ["staging", ["specification", "implementation", "testing", "refactoring", "staging"]],
    ["production", ["specification", "implementation", "testing", "refactoring", "staging", "production"]],
  ] as const)("goes through the stages of %s", async (target: Target, expected) => {
    const gates = [...devGates(), gateAt("staging"), gateAt("production")];
    const kernel = await kernelWith(pluginOf(gates));
    const { report } = await runInMemory(kernel, { ...run, target }, fakeHost(), deployedElsewhere);
    expect(report.stages.map(({ stage }) => stage)).toEqual(expected);
  });

  it("stops at the first stage that does not promote, and says so with exit 1 (G17, G28, TTA 2)", async () => {
    const { report, events } = await runInMemory(
      await kernelWith(pluginOf(devGates({ testing: failing() }))),
      run,
    );
    expect(report.exit).toBe(1);
    expect(report.stages.map(({ stage, status }) => [stage, status])).toEqual([
      ["specification", "passed"],
      ["implementation", "passed"],
      ["testing", "stopped"],
    ]);
    const ended = events.find((event) => event.type === "gate:end" && event.gate === "testing-gate");
    expect(ended).toMatchObject({ result: { verdict: "failed" } });
  });

  it("refuses to make a plan in which a stage would check nothing (G33)", async () => {
    const kernel = await kernelWith(pluginOf(devGates().slice(0, 3)));
    await expect(runInMemory(kernel, run)).rejects.toMatchObject({ data: { code: "TP1209" } });
  });

  it("leaves a stage out for a stated reason, which the report keeps", async () => {
    const kernel = await kernelWith(pluginOf(devGates().slice(0, 3)));
    const config = { ...noConfig, stages: { refactoring: { skip: "no tools yet" } } };
    const { report } = await runInMemory(kernel, run, fakeHost(), config);
    expect(report.exit).toBe(0);
    expect(report.stages.at(-1)).toMatchObject({
      stage: "refactoring",
      status: "skipped",
      reason: "no tools yet",
    });
  });

  it("cannot be green when every stage is skipped", async () => {
    const kernel = await kernelWith(pluginOf(devGates()));
    const skip = { skip: "why not" };
    const stages = { specification: skip, implementation: skip, testing: skip, refactoring: skip };
    const { report } = await runInMemory(kernel, run, fakeHost(), { ...noConfig, stages });
    expect(report.exit).toBe(4);
  });

  it("lets a stageEnter hook block or skip", async () => {
    const block = pluginOf(devGates(), (api) =>
      api.hooks.stageEnter
        .for("testing")
        .tapPromise("freeze", async () => ({ action: "block", reason: "code freeze" })),
    );
    const { report } = await runInMemory(await kernelWith(block), run);
    expect(report).toMatchObject({ exit: 1 });
    expect(report.stages.at(-1)).toMatchObject({
      stage: "testing",
      status: "stopped",
      reason: "code freeze",
    });
  });

  it("stops when a stage's work fails, and tries again when the failure hook says so", async () => {
    let tries = 0;
    const plugin = (answer: "retry" | "abort") =>
      pluginOf(devGates(), (api) => {
        api.hooks.stage.for("testing").tapPromise("work", async () => {
          tries += 1;
          if (tries < 3) throw new Error("not yet");
        });
        api.hooks.failure.tapPromise("decide", async () => answer);
      });
    const aborted = await runInMemory(await kernelWith(plugin("abort")), run);
    expect(aborted.report).toMatchObject({ exit: 3 });
    expect(tries).toBe(1);
    tries = 0;
    const host = fakeHost();
    const { report } = await runInMemory(await kernelWith(plugin("retry")), run, host);
    expect(report.exit).toBe(0);
    expect(tries).toBe(3);
    expect(host.slept).toHaveLength(2);
  });

  it("voids the evidence of earlier stages when the tree changes behind them (R29)", async () => {
    const host = fakeHost();
    const meddler = gateAt("refactoring", {
      check: async () => {
        host.files.set("src/foo/a.py", "a = 2\n");
        return good;
      },
    });
    const kernel = await kernelWith(pluginOf([...devGates().slice(0, 3), meddler]));
    const { report } = await runInMemory(kernel, run, host);
    expect(report.exit).toBe(3);
    expect(report.stages.at(-1)?.decision?.reasons.map((reason) => reason.message)).toContain(
      "the tree has changed since it was measured",
    );
  });

  it("voids evidence when the specification changes, wherever it lies", async () => {
    const host = fakeHost();
    host.files.set("ignored/spec.md", "# Foo");
    const workspace = {
      ...host.workspace,
      list: async (paths: readonly string[]) =>
        host.workspace.list(paths.filter((path) => !path.startsWith("ignored"))),
    };
    const meddler = gateAt("testing", {
      check: async () => {
        host.files.set("ignored/spec.md", "# Bar");
        return good;
      },
    });
    const gates = [...devGates().filter((gate) => gate.name !== "testing-gate"), meddler];
    const components = [{ name: "foo", source: ["src/foo"], tests: ["tests"], spec: "ignored/spec.md" }];
    const kernel = await kernelWith(pluginOf(gates));
    const { report } = await runInMemory(kernel, { ...run, components }, { ...host, workspace });
    expect(report.exit).toBe(3);
  });

  it("answers 1 when a required gate failed, whatever broke beside it", async () => {
    const breaks = pluginOf(
      [gateOf("a", { stages: ["testing"], ...failing() }), gateOf("b", { stages: ["testing"] })],
      (api) =>
        api.hooks.gateResult.tapPromise("evil", async (result) => {
          if (result.gate === "b") throw new Error("boom");
          return result;
        }),
    );
    const { report } = await runInMemory(await kernelWith(breaks));
    expect(report.exit).toBe(1);
  });

  it("leaves a gate out of a check for a component without its subject, says so, and not when it is named", async () => {
    const gates = [
      gateOf("lint"),
      gateOf("tests", { subject: "tests" }),
      gateOf("spec", { subject: "spec" }),
    ];
    const components = [
      { name: "a", source: ["src/foo"], tests: ["tests"], spec: "s.md" },
      { name: "b", source: ["src/foo"], tests: [] },
    ];
    const { report } = await runInMemory(await kernelWith(pluginOf(gates)), { components });
    expect(report.stages[0]?.results.map(({ gate, component }) => `${gate} ${component}`)).toEqual([
      "lint a",
      "lint b",
      "tests a",
      "spec a",
    ]);
    expect(report.plan.leftOut).toEqual([
      { gate: "tests", component: "b", reason: "it has no tests" },
      { gate: "spec", component: "b", reason: "it has no specification" },
    ]);
    expect(report.exit).toBe(0);
    const named = await runInMemory(await kernelWith(pluginOf(gates)), { components, only: ["tests"] });
    expect(named.report.stages[0]?.results).toHaveLength(2);
  });

  it("requires a gate that is named, even an optional one", async () => {
    const config = { ...noConfig, gates: { lint: { required: false } } };
    const lint = gateOf("lint", failing());
    const all = await runInMemory(
      await kernelWith(pluginOf([lint, gateOf("types")])),
      {},
      fakeHost(),
      config,
    );
    expect(all.report.exit).toBe(0);
    const named = await runInMemory(
      await kernelWith(pluginOf([lint])),
      { only: ["lint"] },
      fakeHost(),
      config,
    );
    expect(named.report.exit).toBe(1);
  });

  it("names files that appear while the component is checked", async () => {
    const host = fakeHost();
    const messy = gateAt("testing", {
      check: async () => {
        host.files.set("tests/out.txt", "x");
        return good;
      },
    });
    const gates = [...devGates().filter((gate) => gate.name !== "testing-gate"), messy];
    const { report } = await runInMemory(await kernelWith(pluginOf(gates)), run, host);
    expect(report.exit).toBe(3);
    expect(report.warnings).toContainEqual({
      message: "files of foo appeared or went while it was checked: tests/out.txt",
      code: "TP6004",
    });
  });

  it("fixes at refactoring, keeps the patch, and measures everything anew on the fixed tree", async () => {
    const host = fakeHost();
    let testRuns = 0;
    const tests = gateAt("testing", {
      check: async () => {
        testRuns += 1;
        return good;
      },
    });
    const lint = gateAt("refactoring", {
      fix: async () => {
        host.files.set("src/foo/a.py", "a = 3\n");
        return { files: ["src/foo/a.py"], patch: "--- a\n+++ b\n" };
      },
    });
    const gates = [gateAt("specification"), gateAt("implementation"), tests, lint];
    const { report } = await runInMemory(await kernelWith(pluginOf(gates)), { ...run, fix: true }, host);
    expect(report.exit).toBe(0);
    expect(testRuns).toBe(2);
    expect(report.stages.at(-1)?.fixes).toMatchObject([
      { gate: "refactoring-gate", files: ["src/foo/a.py"] },
    ]);
  });

  it("measures a gate of two stages once when a fix voids its evidence", async () => {
    const host = fakeHost();
    const twice = gateOf("twice", { stages: ["testing", "refactoring"] });
    const lint = gateAt("refactoring", {
      fix: async () => {
        host.files.set("src/foo/a.py", "a = 3\n");
        return { files: ["src/foo/a.py"], patch: "--- a\n+++ b\n" };
      },
    });
    const kernel = await kernelWith(pluginOf([...devGates().slice(0, 2), twice, lint]));
    const { report } = await runInMemory(kernel, { ...run, fix: true }, host);
    expect(report.exit).toBe(0);
    expect(report.stages.at(-1)?.decision?.reasons.map(({ gate }) => gate)).toEqual([
      "specification-gate",
      "implementation-gate",
      "twice",
      "refactoring-gate",
    ]);
  });

  it("runs a gate once that a hook names twice", async () => {
    const plugin = pluginOf(devGates(), (api) =>
      api.hooks.gates.for("testing").tapPromise("again", async (names) => [...names, ...names]),
    );
    const { report } = await runInMemory(await kernelWith(plugin), run);
    expect(report.exit).toBe(0);
  });

  it("keeps the patch of a fix when the next gate's fix fails (R30)", async () => {
    const first = gateOf("first", {
      stages: ["refactoring"],
      fix: async () => ({ files: ["src/foo/a.py"], patch: "--- a\n+++ b\n" }),
    });
    const second = gateOf("second", {
      stages: ["refactoring"],
      fix: async () => {
        throw new TypeError("undefined is not a function");
      },
    });
    const kernel = await kernelWith(pluginOf([...devGates().slice(0, 3), first, second]));
    const { report } = await runInMemory(kernel, { ...run, fix: true });
    expect(report.stages.at(-1)?.fixes).toMatchObject([{ gate: "first", patch: "--- a\n+++ b\n" }]);
    expect(report.warnings).toEqual([
      { message: "second fixed nothing: undefined is not a function", code: "TP1301" },
    ]);
    expect(report.exit).toBe(0);
  });

  it("gives a fix the time limit of its gate", async () => {
    const lint = gateAt("refactoring", {
      timeoutMs: 5,
      fix: (ctx) =>
        new Promise((_, reject) => ctx.signal.addEventListener("abort", () => reject(new Error("gone")))),
    });
    const kernel = await kernelWith(pluginOf([...devGates().slice(0, 3), lint]));
    const { report } = await runInMemory(kernel, { ...run, fix: true });
    expect(report.warnings[0]?.message).toMatch(/fixed nothing: .*did not end within 0\.005 s/);
  });

  it("applies no fix that would run code which is not trusted", async () => {
    let fixed = false;
    const lint = gateAt("refactoring", {
      executesCode: true,
      fix: async () => {
        fixed = true;
        return { files: ["src/foo/a.py"], patch: "p" };
      },
    });
    const kernel = await kernelWith(pluginOf([...devGates().slice(0, 3), lint]));
    await runInMemory(kernel, { ...run, fix: true }, fakeHost({ trusted: false }));
    expect(fixed).toBe(false);
  });

  it("cannot decide when a stageEnter hook fails: exit 3, not 1", async () => {
    const plugin = pluginOf(devGates(), (api) =>
      api.hooks.stageEnter.for("testing").tapPromise("broken", async () => {
        throw new Error("boom");
      }),
    );
    const { report } = await runInMemory(await kernelWith(plugin), run);
    expect(report.exit).toBe(3);
    expect(report.stages.at(-1)).toMatchObject({
      status: "stopped",
      reason: expect.stringContaining("boom"),
    });
  });

  it("asks the next stageEnter hook when one answers null", async () => {
    const plugin = pluginOf(devGates(), (api) => {
      const hook = api.hooks.stageEnter.for("testing");
      // A plugin in JavaScript may do this; to tapable alone it is an answer.
      hook.tapPromise("shy", (async () => null) as never);
      hook.tapPromise("strict", async () => ({ action: "block", reason: "frozen" }));
    });
    const { report } = await runInMemory(await kernelWith(plugin), run);
    expect(report.stages.at(-1)).toMatchObject({ status: "stopped", reason: "frozen" });
  });

  it("ends as cancelled, with a report, when it is cancelled while it waits to try again", async () => {
    const controller = new AbortController();
    const clock = { ...fakeHost().clock, sleep: cancelWhileAsleep };
    async function cancelWhileAsleep(_: number, signal: AbortSignal): Promise<void> {
      controller.abort();
      signal.throwIfAborted();
    }
    const broken = gateAt("testing", {
      check: async () => {
        throw new Breakage("tool-crash", { message: "boom" });
      },
    });
    const gates = devGates().map((gate) => (gate.name === broken.name ? broken : gate));
    const host = fakeHost({ clock, signal: controller.signal });
    const { report } = await runInMemory(await kernelWith(pluginOf(gates)), run, host);
    expect(report.exit).toBe(130);
  });

  it("does not let a runEnd hook change the report", async () => {
    const plugin = pluginOf(devGates({ testing: failing() }), (api) =>
      api.hooks.runEnd.tapPromise("liar", async (report) => {
        (report as { exit: number }).exit = 0;
      }),
    );
    const { report } = await runInMemory(await kernelWith(plugin), run);
    expect(report.exit).toBe(1);
  });

  it("measures anew what a stage's work has changed, so that it can pass", async () => {
    const host = fakeHost();
    const measured: string[] = [];
    const gates = devGates().map((gate) => ({
      ...gate,
      check: async () => {
        measured.push(gate.name);
        return good;
      },
    }));
    const agent = pluginOf(gates, (api) =>
      api.hooks.stage.for("implementation").tapPromise("agent", async () => {
        host.files.set("src/foo/b.py", "b = 1\n");
      }),
    );
    const { report } = await runInMemory(await kernelWith(agent), run, host);
    expect(report.exit).toBe(0);
    expect(measured).toEqual([
      "specification-gate",
      "specification-gate",
      "implementation-gate",
      "testing-gate",
      "refactoring-gate",
    ]);
  });

  it("never fixes for production", async () => {
    let fixed = false;
    const lint = gateAt("refactoring", {
      fix: async () => {
        fixed = true;
        return { files: ["src/foo/a.py"], patch: "p" };
      },
    });
    const gates = [...devGates().slice(0, 3), lint, gateAt("staging"), gateAt("production")];
    const { report } = await runInMemory(
      await kernelWith(pluginOf(gates)),
      {
        ...run,
        fix: true,
        target: "production",
      },
      fakeHost(),
      deployedElsewhere,
    );
    expect(fixed).toBe(false);
    expect(report.plan.fix).toBe(false);
  });

  it("goes on without the fix when the fixing tool is broken, and says so", async () => {
    const lint = gateAt("refactoring", {
      fix: async () => {
        throw new Breakage("tool-missing", { message: "ruff was not found" });
      },
    });
    const { report } = await runInMemory(await kernelWith(pluginOf([...devGates().slice(0, 3), lint])), {
      ...run,
      fix: true,
    });
    expect(report.exit).toBe(0);
    expect(report.warnings).toEqual([{ message: "refactoring-gate fixed nothing: ruff was not found" }]);
  });

  it("loads a session and goes on from it", async () => {
    const old = {
      role: "user" as const,
      content: "use sqlite",
      at: "2026-11-01T00:00:00.000Z",
      importance: 1,
      untrusted: false,
      run: "r0",
    };
    const saved: number[] = [];
    const store = pluginOf(devGates(), (api) => {
      api.hooks.loadSession.tapPromise("store", async ({ component }) => ({
        id: "foo-1",
        component,
        messages: [old],
      }));
      api.hooks.saveSession.tapPromise("store", async (session) => void saved.push(session.messages.length));
    });
    const { report } = await runInMemory(await kernelWith(store), run);
    expect(report.sessions[0]?.messages[0]).toEqual({ ...old, untrusted: true });
    expect(saved).toEqual([2, 3, 4, 5]);
  });
});
