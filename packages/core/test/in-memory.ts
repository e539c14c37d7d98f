import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { onTestFinished } from "vitest";
import type { Config } from "../src/config/types.ts";
import {
  createKernel,
  definePlugin,
  makePlan,
  memoryEngine,
  startRun,
  type Component,
  type Evidence,
  type Gate,
  type Host,
  type Kernel,
  type PluginApi,
  type RunReport,
  type TowpathEvent,
} from "../src/index.ts";

/** A component whose files live in `fakeHost`. */
export const foo: Component = { name: "foo", source: ["src/foo"], tests: ["tests"] };

/** Evidence that passes. */
export const good: Evidence = {
  candidates: 1,
  checked: 1,
  findings: [],
  measurements: [
    { name: "errors", value: 0, unit: "errors", operator: "<=", threshold: 0, source: "default" },
  ],
  tool: { name: "fake", version: "1.0.0", via: "test" },
};

/** A gate that passes unless told otherwise. */
export function gateOf(name: string, changes: Partial<Gate> = {}): Gate {
  return {
    name,
    category: "code-quality",
    code: "TP3101",
    stages: ["testing"],
    executesCode: false,
    check: async () => good,
    ...changes,
  };
}

/** A plugin around gates, with whatever else its set-up does. */
export function pluginOf(
  gates: readonly Gate[],
  more: (api: PluginApi) => void = () => undefined,
  name = "@acme/fake",
) {
  return definePlugin({
    name,
    options: z.strictObject({}).prefault({}),
    setup(api) {
      for (const gate of gates) api.gate(gate);
      more(api);
    },
  })({});
}

/** A host whose files are a map and whose clock stands still until somebody sleeps. */
export function fakeHost(
  changes: Partial<Host> = {},
): Host & { readonly files: Map<string, string>; readonly slept: number[] } {
  const outDir = mkdtempSync(join(tmpdir(), "towpath-core-"));
  onTestFinished(() => rm(outDir, { recursive: true, force: true }));
  const files = new Map([
    ["src/foo/a.py", "a = 1\n"],
    ["tests/test_a.py", "def test_a(): pass\n"],
  ]);
  const slept: number[] = [];
  let time = Date.parse("2026-11-22T10:00:00Z");
  const under = (file: string, path: string): boolean => file === path || file.startsWith(`${path}/`);
  return {
    files,
    slept,
    workspace: {
      root: "/nowhere",
      list: async (paths) => ({
        files: [...files.keys()].filter((file) => paths.some((path) => under(file, path))).toSorted(),
        missing: paths.filter((path) => ![...files.keys()].some((file) => under(file, path))),
      }),
      digest: async (names) => JSON.stringify(names.map((name) => [name, files.get(name) ?? null])),
    },
    lookAt: async () => null,
    exec: async () => ({
      status: "exited",
      code: 0,
      signal: undefined,
      stdout: "",
      stderr: "",
      droppedBytes: 0,
      durationMs: 1,
    }),
    env: {},
    clock: {
      now: () => (time += 1),
      monotonic: () => (time += 1),
      sleep: async (ms, signal) => {
        signal.throwIfAborted();
        slept.push(ms);
        time += ms;
      },
    },
    cores: 2,
    outDir,
    trusted: true,
    signal: new AbortController().signal,
    ...changes,
  };
}

/** An empty configuration. */
export const noConfig: Config = { plugins: [], components: {}, stages: {}, gates: {} };

/** A kernel with plugins, sealed. */
export async function kernelWith(...plugins: readonly ReturnType<typeof pluginOf>[]): Promise<Kernel> {
  const kernel = createKernel({ hookLimitMs: 1000 });
  for (const plugin of plugins) await kernel.use(plugin);
  kernel.seal();
  return kernel;
}

/** Runs a plan in memory and answers with its report and events. */
export async function runInMemory(
  kernel: Kernel,
  request: Partial<Parameters<typeof makePlan>[2]> = {},
  host: Host = fakeHost(),
  config: Config = noConfig,
): Promise<{ readonly report: RunReport; readonly events: readonly TowpathEvent[] }> {
  const events: TowpathEvent[] = [];
  kernel.bus.onAny((event) => void events.push(event));
  const plan = await makePlan(kernel, config, {
    kind: "check",
    target: "dev",
    components: [foo],
    trusted: host.trusted,
    fix: false,
    ...request,
  });
  const engine = memoryEngine(host.clock);
  return { report: await startRun({ id: "r1", plan }, { engine, config, kernel, host }), events };
}
