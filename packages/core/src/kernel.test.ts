import { describe, expect, it } from "vitest";
import { z } from "zod";
import { artifact } from "./artifacts.ts";
import { createKernel } from "./kernel.ts";
import { definePlugin } from "./plugin.ts";
import { gateOf, pluginOf } from "../test/in-memory.ts";

const strict = definePlugin({
  name: "@acme/strict",
  options: z.strictObject({ max: z.number().max(10).default(5) }).prefault({}),
  setup: (api) => api.gate(gateOf("strict")),
});

describe("the kernel", () => {
  it("refuses a gate name that is taken, and says by whom", async () => {
    const kernel = createKernel();
    await kernel.use(pluginOf([gateOf("lint")]));
    await expect(kernel.use(pluginOf([gateOf("lint")], undefined, "@acme/other"))).rejects.toMatchObject({
      data: { code: "TP1207", message: "@acme/other: the gate lint is registered by @acme/fake already" },
    });
  });

  it("refuses gates with bad names and unknown stages", async () => {
    await expect(createKernel().use(pluginOf([gateOf("../x")]))).rejects.toMatchObject({
      data: { code: "TP1207" },
    });
    const misspelt = gateOf("a", { stages: ["tseting" as "testing"] });
    await expect(createKernel().use(pluginOf([misspelt]))).rejects.toMatchObject({
      data: { code: "TP1207" },
    });
  });

  it("gives up on a set-up and a clean-up that never settle", async () => {
    const never = (): Promise<void> => new Promise(() => undefined);
    const hanging = definePlugin({ name: "@acme/hangs", options: z.unknown(), setup: never });
    // The limit's own timer does not keep a process alive.
    const alive = setInterval(() => undefined, 1000);
    try {
      await expect(createKernel({ hookLimitMs: 5 }).use(hanging())).rejects.toMatchObject({
        data: { code: "TP1302", message: "@acme/hangs: its set-up did not settle within 0.005 s" },
      });
      const kernel = createKernel({ hookLimitMs: 5 });
      const warnings: string[] = [];
      kernel.bus.on("warning", ({ message }) => void warnings.push(message));
      await kernel.use(pluginOf([], (api) => api.onClose(never)));
      await kernel.close();
      expect(warnings).toEqual(["clean-up failed: clean-up did not settle within 0.005 s"]);
    } finally {
      clearInterval(alive);
    }
  });

  it("refuses gates and artifacts that are registered after set-up", async () => {
    const kernel = createKernel();
    let late: () => void = () => undefined;
    await kernel.use(pluginOf([], (api) => (late = () => api.gate(gateOf("late")))));
    kernel.seal();
    expect(late).toThrow(expect.objectContaining({ data: expect.objectContaining({ code: "TP1303" }) }));
    expect(kernel.gates.size).toBe(0);
  });

  it("refuses the same plugin twice and a plugin for another API", async () => {
    const kernel = createKernel();
    await kernel.use(strict());
    await expect(kernel.use(strict())).rejects.toMatchObject({ data: { code: "TP1207" } });
    const future = { ...strict(), api: 2 as 1 };
    await expect(createKernel().use(future)).rejects.toMatchObject({ data: { code: "TP1207" } });
  });

  it("names unknown and wrong options with their place", async () => {
    const origin = (path: readonly (string | number)[]): string => `towpath.config.yaml:${path.length}`;
    const wrong = strict({ max: 11 });
    await expect(createKernel().use(wrong, { origin })).rejects.toMatchObject({
      data: { code: "TP1208", where: ["towpath.config.yaml:1"], message: expect.stringContaining("max") },
    });
    const unknown = strict({ maximum: 1 } as never);
    await expect(createKernel().use(unknown)).rejects.toMatchObject({ data: { code: "TP1208" } });
  });

  it("says who failed when a plugin's set-up throws", async () => {
    const broken = pluginOf([], () => {
      throw new Error("no licence");
    });
    await expect(createKernel().use(broken)).rejects.toMatchObject({
      data: { code: "TP1301", message: "@acme/fake failed in setup: no licence" },
    });
  });

  it("refuses a gate that needs an artifact nobody makes", async () => {
    const kernel = createKernel();
    await kernel.use(pluginOf([gateOf("coverage", { needs: [artifact("acme.run")] })]));
    expect(() => kernel.seal()).toThrow(/nothing makes the artifact acme.run/);
  });

  it("tells a plugin where an option was set, or that it is a default", async () => {
    const seen: string[] = [];
    const plugin = pluginOf([], (api) => seen.push(api.origin(["max"]), api.origin(["min"])));
    await createKernel().use(plugin, {
      origin: ([key]) => (key === "max" ? "towpath.config.yaml:3" : undefined),
    });
    expect(seen).toEqual(["towpath.config.yaml:3", "default of @acme/fake"]);
  });

  it("cleans up in reverse order, and goes on when a plugin fails to", async () => {
    const order: string[] = [];
    const kernel = createKernel();
    const warnings: string[] = [];
    kernel.bus.on("warning", ({ message }) => void warnings.push(message));
    await kernel.use(pluginOf([], (api) => api.onClose(() => void order.push("first")), "@acme/a"));
    await kernel.use(
      pluginOf(
        [],
        (api) =>
          api.onClose(() => {
            throw new Error("stuck");
          }),
        "@acme/b",
      ),
    );
    await kernel.use(pluginOf([], (api) => api.onClose(() => void order.push("last")), "@acme/c"));
    await kernel.close();
    expect(order).toEqual(["last", "first"]);
    expect(warnings).toEqual(["clean-up failed: stuck"]);
  });

  it("refuses a tap that wants to come before a plugin that is not there", async () => {
    const early = (wanted: string) =>
      pluginOf([], (api) => api.hooks.plan.tapPromise({ name: "x", before: wanted }, async (plan) => plan));
    const alone = createKernel();
    await alone.use(early("@acme/otehr"));
    expect(() => alone.seal()).toThrow(/has no tap of @acme\/otehr to come before/);
    const both = createKernel();
    await both.use(pluginOf([], undefined, "@acme/other"));
    await both.use(early("@acme/other"));
    expect(() => both.seal()).not.toThrow();
  });

  it("tells options apart that JSON cannot hold", async () => {
    const policyOf = async (value: unknown): Promise<string | undefined> => {
      const plugin = definePlugin({
        name: "@acme/any",
        options: z.unknown(),
        setup: (api) => api.gate(gateOf("any")),
      });
      const kernel = createKernel();
      await kernel.use(plugin(value));
      return kernel.gates.get("any")?.policy;
    };
    const values = [
      () => 1,
      () => 2,
      /a/,
      /b/,
      new Map([["a", 1]]),
      new Map([["a", 2]]),
      Number.NaN,
      undefined,
    ];
    const policies = await Promise.all(values.map(policyOf));
    expect(new Set(policies).size).toBe(values.length);
  });

  it("shares nothing with another kernel", async () => {
    const one = createKernel();
    const two = createKernel();
    const plugin = strict();
    await one.use(plugin);
    await two.use(plugin);
    expect([...one.gates.keys()]).toEqual(["strict"]);
    expect(one.hooks.plan).not.toBe(two.hooks.plan);
  });
});
