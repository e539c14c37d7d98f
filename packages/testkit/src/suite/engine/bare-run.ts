import {
  createKernel,
  PLUGIN_API,
  type Clock,
  type Component,
  type Evidence,
  type Gate,
  type Host,
  type Kernel,
  type Plugin,
  type PluginApi,
} from "@towpath/core";

/** The component of the engine's tests. */
export const component: Component = { name: "foo", source: ["src/foo"], tests: ["tests"] };

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
export function gate(name: string, changes: Partial<Gate> = {}): Gate {
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

/** A plugin that does what `setup` says. */
export function plugin(setup: (api: PluginApi) => void): Plugin {
  return {
    name: "@acme/engine-test",
    api: PLUGIN_API,
    options: undefined,
    validate: async () => ({ ok: true, options: {} }),
    setup,
  };
}

/** A kernel with one plugin, sealed. */
export async function kernelOf(setup: (api: PluginApi) => void): Promise<Kernel> {
  const kernel = createKernel();
  await kernel.use(plugin(setup));
  kernel.seal();
  return kernel;
}

/** A clock that stands still until somebody sleeps or moves it. */
export interface TestClock extends Clock {
  /** Milliseconds that were slept, one by one. */
  readonly slept: number[];
  move(ms: number): void;
}

/** @param start epoch milliseconds */
export function testClock(start: number = Date.parse("2026-11-26T10:00:00Z")): TestClock {
  let time = start;
  let monotonic = 0;
  const slept: number[] = [];
  return {
    slept,
    now: () => time,
    monotonic: () => (monotonic += 1),
    move: (ms) => void (time += ms),
    async sleep(ms, signal) {
      signal.throwIfAborted();
      slept.push(ms);
      time += ms;
    },
  };
}

/** A host whose tree never changes. @param folder absolute; artifacts and outputs are put there */
export function bareHost(folder: string, clock: Clock, changes: Partial<Host> = {}): Host {
  return {
    workspace: {
      root: folder,
      list: async (paths) => ({ files: paths.map((path) => `${path}/a.py`), missing: [] }),
      digest: async (names) => JSON.stringify(names),
    },
    exec: async () => ({
      status: "exited",
      code: 0,
      signal: undefined,
      stdout: "",
      stderr: "",
      droppedBytes: 0,
      durationMs: 1,
    }),
    lookAt: async () => null,
    env: {},
    clock,
    cores: 2,
    outDir: `${folder}/out`,
    trusted: true,
    signal: new AbortController().signal,
    ...changes,
  };
}
