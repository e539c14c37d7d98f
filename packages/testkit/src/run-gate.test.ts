import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { Breakage, defineGate, definePlugin, type Evidence, type Gate, type Plugin } from "@towpath/core";
import { candidates, findTool, runTool } from "@towpath/kit";
import { expect, it } from "vitest";
import { z } from "zod";
import { fakeTool } from "./fake-tool.ts";
import { project } from "./project.ts";
import { runGate, runGateOnMany } from "./run-gate.ts";

function pluginOf(gate: Partial<Gate>): Plugin {
  const factory = definePlugin({
    name: "@acme/towpath-gate-try",
    options: z.strictObject({}).prefault({}),
    setup: (api) =>
      api.gate(
        defineGate({
          name: "try",
          category: "testing",
          code: "ACME1",
          stages: ["testing"],
          executesCode: false,
          check: async () => evidence(1),
          ...gate,
        }),
      ),
  });
  return factory();
}

function evidence(checked: number): Evidence {
  const measurements = [
    { name: "n", value: 0, unit: "n", operator: "<=", threshold: 0, source: "test" },
  ] as const;
  return {
    candidates: checked,
    checked,
    findings: [],
    measurements,
    tool: { name: "try", version: "1", via: "test" },
  };
}

it("runs a gate on the component foo of a project", async () => {
  const { root } = await project({ "src/foo/a.py": "", "src/foo/b.py": "", "src/foo/c.txt": "" });
  const check: Gate["check"] = async (ctx) =>
    evidence((await candidates(ctx, { of: "source", suffixes: [".py"] })).length);
  const result = await runGate(pluginOf({ check }), "try", { root });
  expect(result).toMatchObject({
    verdict: "passed",
    component: "foo",
    checked: 2,
    target: "dev",
    attempts: 1,
  });
});

it("finds tools through the given environment and runs them for real", async () => {
  const { root } = await project({});
  const bin = await project({});
  const tool = await fakeTool(bin.root, "acme", { version: "acme 3.2.1", stdout: "7" });
  const check: Gate["check"] = async (ctx) => {
    const acme = await findTool(ctx, { name: "acme", install: "get acme" });
    const { stdout } = await runTool(ctx, acme, []);
    return { ...evidence(Number(stdout)), tool: acme.info };
  };
  const result = await runGate(pluginOf({ check }), "try", { root, env: { TOWPATH_ACME: tool } });
  expect(result).toMatchObject({ verdict: "passed", checked: 7, tool: { version: "3.2.1", path: tool } });
});

it("tries a broken gate once", async () => {
  const { root } = await project({});
  let calls = 0;
  const check = async (): Promise<never> => {
    calls += 1;
    throw new Breakage("tool-crash", { message: "down" });
  };
  const result = await runGate(pluginOf({ check }), "try", { root });
  expect([result.error?.kind, calls]).toEqual(["tool-crash", 1]);
});

it("ends a gate at the given limit", async () => {
  const { root } = await project({});
  const check: Gate["check"] = (ctx) =>
    new Promise((_, reject) => ctx.signal.addEventListener("abort", () => reject(ctx.signal.reason)));
  const result = await runGate(pluginOf({ check }), "try", { root, timeoutMs: 30 });
  expect(result.error?.kind).toBe("timeout");
});

it("answers for many components in their order, in one call where the gate can", async () => {
  const { root } = await project({});
  const checkMany: Gate["checkMany"] = async (contexts) => contexts.map((_, index) => evidence(index + 1));
  const components = [{ name: "b" }, { name: "a" }, { name: "c" }];
  const results = await runGateOnMany(pluginOf({ checkMany }), "try", { root, components });
  expect(results.map(({ component, checked }) => [component, checked])).toEqual([
    ["b", 1],
    ["a", 2],
    ["c", 3],
  ]);
});

it("lets `exec` stand in for processes, and leaves no folder behind", async () => {
  const { root } = await project({});
  const folders = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith("towpath-run-"));
  let seen = "";
  const check: Gate["check"] = async (ctx) =>
    evidence((await ctx.exec({ command: "none", args: [] })).code ?? 0);
  const result = await runGate(pluginOf({ check }), "try", {
    root,
    exec: (real, outDir) => async (request) => {
      seen = outDir;
      return { ...(await real(request)), status: "exited", code: 5 };
    },
  });
  expect(result.checked).toBe(5);
  expect(folders().some((name) => seen.endsWith(name))).toBe(false);
});

it("says so when there is no result", async () => {
  const { root } = await project({});
  await expect(runGate(pluginOf({}), "other", { root })).rejects.toThrow(/other/);
});
