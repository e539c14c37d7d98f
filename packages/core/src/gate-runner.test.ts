import { describe, expect, it } from "vitest";
import { artifact, Breakage, type Component, type Evidence, type Gate, type GateResult } from "./index.ts";
import { fakeHost, foo, gateOf, good, kernelWith, pluginOf, runInMemory } from "../test/in-memory.ts";

async function resultOf(
  gate: Gate,
  request: Parameters<typeof runInMemory>[1] = {},
  host = fakeHost(),
): Promise<GateResult> {
  const kernel = await kernelWith(pluginOf([gate]));
  const { report } = await runInMemory(kernel, request, host);
  const result = report.stages[0]?.results.at(-1);
  if (!result) throw new Error("no result");
  return result;
}

describe("the gate runner", () => {
  it("binds a result to tree, configuration and policy, and times it (G35, TTA 7)", async () => {
    const result = await resultOf(gateOf("lint"));
    expect(result).toMatchObject({ verdict: "passed", component: "foo", target: "dev", attempts: 1 });
    expect(result.durationMs).toBeGreaterThan(0);
    expect(result.inputs.tree).toContain("src/foo/a.py");
    expect(Object.values(result.inputs).every((digest) => digest.length > 0)).toBe(true);
  });

  it("keeps every finding (G26)", async () => {
    const findings = Array.from({ length: 500 }, (_, i) => ({
      fingerprint: String(i),
      tool: "fake",
      rule: "R",
      level: "error" as const,
      message: "m",
    }));
    const result = await resultOf(gateOf("lint", { check: async () => ({ ...good, findings }) }));
    expect(result).toMatchObject({ verdict: "failed", code: "TP3101" });
    expect(result.findings).toHaveLength(500);
  });

  it("makes breakage an errored verdict of its kind, with what to do", async () => {
    const check = async (): Promise<Evidence> => {
      throw new Breakage("tool-missing", { message: "ruff was not found", fix: ["pip install ruff"] });
    };
    expect(await resultOf(gateOf("lint", { check }))).toMatchObject({
      verdict: "errored",
      code: "TP4001",
      error: { kind: "tool-missing", message: "ruff was not found", fix: ["pip install ruff"] },
    });
  });

  it.each([
    ["throws", async () => Promise.reject(new TypeError("undefined is not a function"))],
    ["returns nothing", async () => undefined],
    ["returns a boolean", async () => true],
    ["returns half of the evidence", async () => ({ checked: 1, candidates: 1 })],
    ["rates a finding by no known level", async () => ({ ...good, findings: [{ level: "fatal" }] })],
    ["returns null for a finding", async () => ({ ...good, findings: [null] })],
    [
      "compares by no known operator",
      async () => ({ ...good, measurements: [{ ...good.measurements[0], operator: "<" }] }),
    ],
    ["returns what cannot be stored", async () => ({ ...good, details: { ratio: 0 / 0 } })],
  ])("takes a gate that %s for broken, not for passed", async (_, check) => {
    expect(await resultOf(gateOf("lint", { check: check as () => Promise<never> }))).toMatchObject({
      verdict: "errored",
      code: "TP4013",
      error: { kind: "plugin" },
    });
  });

  it("stops a gate at its time limit, whatever it throws then, and retries it once", async () => {
    let calls = 0;
    const check = (ctx: { readonly signal: AbortSignal }): Promise<Evidence> => {
      calls += 1;
      return new Promise((_, reject) =>
        ctx.signal.addEventListener("abort", () => reject(new Error("EPIPE"))),
      );
    };
    const result = await resultOf(gateOf("lint", { check, timeoutMs: 5 }));
    expect(result).toMatchObject({
      verdict: "errored",
      code: "TP4010",
      error: { kind: "timeout" },
      attempts: 2,
    });
    expect(calls).toBe(2);
  });

  it("limits the artifact that a gate waits for by the gate's limit", async () => {
    const key = artifact<string>("acme.run");
    const plugin = pluginOf([gateOf("tests", { needs: [key], timeoutMs: 5 })], (api) =>
      api.artifact({
        key,
        executesCode: false,
        produce: (ctx) =>
          new Promise((_, reject) => ctx.signal.addEventListener("abort", () => reject(new Error("gone")))),
      }),
    );
    const { report } = await runInMemory(await kernelWith(plugin));
    expect(report.stages[0]?.results[0]?.error?.kind).toBe("timeout");
  });

  it("records an errored verdict for a figure that is no number", async () => {
    const measurements = good.measurements.map((measurement) => ({ ...measurement, value: NaN }));
    expect(await resultOf(gateOf("lint", { check: async () => ({ ...good, measurements }) }))).toMatchObject({
      verdict: "errored",
      error: { kind: "parse", message: "errors is not a number" },
      measurements: [],
    });
  });

  it("does not count what a gate returns after its time limit", async () => {
    const check = (ctx: { readonly signal: AbortSignal }): Promise<Evidence> =>
      new Promise((resolve) => ctx.signal.addEventListener("abort", () => resolve(good)));
    expect(await resultOf(gateOf("lint", { check, timeoutMs: 5 }))).toMatchObject({
      verdict: "errored",
      error: { kind: "timeout" },
    });
  });

  it("knows what the tree was before a gate looks at it", async () => {
    const host = fakeHost();
    const order: string[] = [];
    const workspace = {
      ...host.workspace,
      digest: async (files: readonly string[]) => {
        await Promise.resolve();
        order.push("digest");
        return host.workspace.digest(files);
      },
    };
    const check = async (): Promise<Evidence> => {
      order.push("check");
      return good;
    };
    await resultOf(gateOf("lint", { check }), {}, { ...host, workspace });
    expect(order[0]).toBe("digest");
  });

  it("stops the run when the tree cannot be listed, without a rejection that nobody handles", async () => {
    const host = fakeHost();
    const list = async (): Promise<never> => {
      throw new Error("src/foo lies outside the repository");
    };
    const slow = gateOf("lint", { check: () => new Promise((resolve) => setTimeout(resolve, 20, good)) });
    const { report } = await runInMemory(
      await kernelWith(pluginOf([slow])),
      {},
      { ...host, workspace: { ...host.workspace, list } },
    );
    expect(report).toMatchObject({
      exit: 3,
      stages: [{ status: "stopped", reason: "src/foo lies outside the repository" }],
    });
  });

  it.each([
    ["another gate's", { gate: "types" }],
    ["another component's", { component: "bar" }],
    ["a newer one", { startedAt: "2030-01-01T00:00:00.000Z" }],
    ["one of other code", { inputs: { tree: "x", config: "x", policy: "x", environment: "x" } }],
  ])("does not let a gateResult hook pass a result off as %s", async (_, change) => {
    const plugin = pluginOf([gateOf("lint")], (api) =>
      api.hooks.gateResult.tapPromise("forger", async (result) => ({ ...result, ...change })),
    );
    const { report } = await runInMemory(await kernelWith(plugin));
    expect(report.stages[0]?.results[0]).toMatchObject({ gate: "lint", component: "foo" });
    expect(report.exit).toBe(0);
  });

  it("takes a gateResult hook that answers with no verdict for broken", async () => {
    const plugin = pluginOf([gateOf("lint")], (api) =>
      api.hooks.gateResult.tapPromise("forger", (async () => "passed") as never),
    );
    const { report } = await runInMemory(await kernelWith(plugin));
    expect(report.exit).toBe(3);
  });

  it("cancels running gates and starts no further ones", async () => {
    const controller = new AbortController();
    const started: string[] = [];
    const slow = (name: string): Gate =>
      gateOf(name, {
        check: (ctx) => {
          started.push(name);
          queueMicrotask(() => controller.abort());
          return new Promise((_, reject) =>
            ctx.signal.addEventListener("abort", () => reject(new Error("gone"))),
          );
        },
      });
    const kernel = await kernelWith(pluginOf([slow("a"), slow("b")]));
    const { report } = await runInMemory(kernel, {}, fakeHost({ cores: 1, signal: controller.signal }));
    expect(started).toEqual(["a"]);
    expect(report.exit).not.toBe(0);
  });

  it("retries breakage as the table says, never a finding (G27)", async () => {
    let crashes = 0;
    const crashTwice = gateOf("crash", {
      check: async () => {
        crashes += 1;
        if (crashes < 3) throw new Breakage("tool-crash", { message: "segfault" });
        return good;
      },
    });
    const host = fakeHost();
    const survived = await resultOf(crashTwice, {}, host);
    expect(survived).toMatchObject({ verdict: "passed", attempts: 3 });
    expect(host.slept).toHaveLength(2);
    expect(host.slept[0]).toBeGreaterThanOrEqual(499);
    expect(host.slept[1]).toBeGreaterThanOrEqual(999);
    expect(host.slept[1]).toBeLessThanOrEqual(2000);

    let looks = 0;
    const finding = {
      fingerprint: "f",
      tool: "fake",
      rule: "test_timeout_429",
      level: "error" as const,
      message: "timeout",
    };
    const failing = gateOf("failing", {
      check: async () => {
        looks += 1;
        return { ...good, findings: [finding] };
      },
    });
    expect(await resultOf(failing)).toMatchObject({ verdict: "failed", attempts: 1 });
    expect(looks).toBe(1);
  });

  it("opens the breaker after five breakages in a row", async () => {
    let calls = 0;
    const check = async (): Promise<Evidence> => {
      calls += 1;
      throw new Breakage("network", { message: "no route" });
    };
    const kernel = await kernelWith(pluginOf([gateOf("deps", { check })]));
    const retry = { max: 9, baseMs: 0, factor: 1, capMs: 0 };
    const config = { plugins: [], components: {}, gates: {}, stages: { testing: { retry } } };
    const { report } = await runInMemory(kernel, {}, fakeHost(), config);
    expect(calls).toBe(5);
    expect(report.stages[0]?.results[0]?.error?.kind).toBe("breaker-open");
    expect(report.exit).toBe(3);
  });

  it("refuses gates that run the component's code in untrusted mode, without starting them", async () => {
    let ran = false;
    const gate = gateOf("tests", {
      executesCode: true,
      check: async () => {
        ran = true;
        return good;
      },
    });
    const result = await resultOf(gate, {}, fakeHost({ trusted: false }));
    expect(result).toMatchObject({ verdict: "errored", error: { kind: "untrusted" } });
    expect(ran).toBe(false);
  });

  it("makes a shared artifact once for all gates that need it (G22)", async () => {
    const key = artifact<string>("acme.run");
    let runs = 0;
    const needy = (name: string): Gate =>
      gateOf(name, {
        needs: [key],
        check: async (ctx) => ({ ...good, notes: [ctx.artifacts.get(key)] }),
      });
    const plugin = pluginOf([needy("tests"), needy("coverage"), needy("flaky")], (api) =>
      api.artifact({
        key,
        executesCode: true,
        produce: async () => {
          runs += 1;
          return "report";
        },
      }),
    );
    const { report } = await runInMemory(await kernelWith(plugin));
    expect(report.stages[0]?.results.map((result) => result.notes)).toEqual([
      ["report"],
      ["report"],
      ["report"],
    ]);
    expect(runs).toBe(1);
  });

  it("gives every gate that needs a broken artifact the same breakage, and makes it anew for the retry", async () => {
    const key = artifact<string>("acme.run");
    let runs = 0;
    const plugin = pluginOf(
      [gateOf("tests", { needs: [key] }), gateOf("coverage", { needs: [key] })],
      (api) =>
        api.artifact({
          key,
          executesCode: false,
          produce: async () => {
            runs += 1;
            if (runs === 1) throw new Breakage("tool-crash", { message: "pytest died" });
            return "report";
          },
        }),
    );
    const { report } = await runInMemory(await kernelWith(plugin));
    expect(report.stages[0]?.results.map(({ verdict, attempts }) => [verdict, attempts])).toEqual([
      ["passed", 2],
      ["passed", 2],
    ]);
    expect(runs).toBe(2);
  });

  it("refuses an artifact that the gate did not name", async () => {
    const key = artifact<string>("acme.secret");
    const gate = gateOf("nosy", { check: async (ctx) => ({ ...good, notes: [ctx.artifacts.get(key)] }) });
    expect(await resultOf(gate)).toMatchObject({ verdict: "errored", error: { kind: "plugin" } });
  });

  it("checks many components in one call where the gate can, and gives each its own verdict", async () => {
    const components: readonly Component[] = ["a", "b", "c"].map((name) => ({ ...foo, name }));
    const calls: string[][] = [];
    const gate = gateOf("types", {
      check: async () => {
        throw new Error("one by one");
      },
      checkMany: async (contexts) => {
        calls.push(contexts.map((ctx) => ctx.component.name));
        return [good, new Breakage("environment", { message: "no venv" }), { ...good, checked: 0 }];
      },
    });
    const { report } = await runInMemory(await kernelWith(pluginOf([gate])), { components });
    expect(calls).toEqual([["a", "b", "c"]]);
    expect(report.stages[0]?.results.map((r) => [r.component, r.verdict, r.error?.kind])).toEqual([
      ["a", "passed", undefined],
      ["b", "errored", "environment"],
      ["c", "errored", "no-input"],
    ]);
  });

  it("takes an answer that is too short for broken", async () => {
    const components: readonly Component[] = ["a", "b"].map((name) => ({ ...foo, name }));
    const gate = gateOf("types", { checkMany: async () => [good] });
    const { report } = await runInMemory(await kernelWith(pluginOf([gate])), { components });
    expect(report.stages[0]?.results.map((r) => r.verdict)).toEqual(["passed", "errored"]);
  });

  it("lets a hook waive a failure with a reason, and keeps the original", async () => {
    const finding = { fingerprint: "f", tool: "fake", rule: "R", level: "error" as const, message: "m" };
    const gate = gateOf("lint", { check: async () => ({ ...good, findings: [finding] }) });
    const waive = (reason: string | undefined, to: "waived" | "passed") =>
      pluginOf([gate], (api) =>
        api.hooks.gateResult.tapPromise("waive", async (result) => ({
          ...result,
          verdict: to,
          ...(reason === undefined ? {} : { reason }),
        })),
      );
    const waived = await runInMemory(await kernelWith(waive("TICKET-1 until May", "waived")));
    expect(waived.report.stages[0]?.results[0]).toMatchObject({
      verdict: "waived",
      original: "failed",
      findings: [finding],
    });
    expect(waived.report.exit).toBe(0);
    for (const plugin of [waive(undefined, "waived"), waive("because", "passed")]) {
      const { report } = await runInMemory(await kernelWith(plugin));
      expect(report.exit).toBe(3);
    }
  });

  it("does not let a plugin change a result in place (S14)", async () => {
    const plugin = pluginOf([gateOf("lint")], (api) =>
      api.hooks.gateResult.tapPromise("evil", async (result) => {
        (result as { verdict: string }).verdict = "failed";
        return result;
      }),
    );
    const { report } = await runInMemory(await kernelWith(plugin));
    expect(report.stages[0]?.reason).toMatch(/@acme\/fake failed in the hook gateResult/);
  });

  it("hands the variables of toolEnv to every process", async () => {
    const seen: (string | undefined)[] = [];
    const host = fakeHost();
    const exec: typeof host.exec = async (request) => {
      seen.push(request.env?.["TRACEPARENT"]);
      return host.exec(request);
    };
    const gate = gateOf("lint", {
      check: async (ctx) => {
        await ctx.exec({ command: "ruff", args: [] });
        return good;
      },
    });
    const plugin = pluginOf([gate], (api) =>
      api.hooks.toolEnv.tapPromise("otel", async (env) => ({ ...env, TRACEPARENT: "00-1" })),
    );
    await runInMemory(await kernelWith(plugin), {}, { ...host, exec });
    expect(seen).toEqual(["00-1"]);
  });
});
