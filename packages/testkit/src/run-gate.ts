import type { Component, GateResult, Plugin } from "@towpath/core";
import { runInMemory, type InMemoryRun } from "./run-in-memory.ts";

/** On what a gate is run. */
export interface GateSetup extends Pick<
  InMemoryRun,
  "root" | "target" | "env" | "trusted" | "signal" | "clock" | "exec" | "workspace" | "journal"
> {
  /** What is left out: name `foo`, source `src/<name>`, tests `tests`. */
  readonly component?: Partial<Component>;
  /** Limit of the check in milliseconds. @default the gate's own */
  readonly timeoutMs?: number;
}

/** As `GateSetup`, for several components at once. */
export interface ManySetup extends Omit<GateSetup, "component"> {
  readonly components: readonly Partial<Component>[];
}

/**
 * Runs one gate of a plugin for a component through the real kernel, gate runner and kit, once.
 * @throws {Error} when the run gives no result, e.g. because a hook failed; and what the kernel throws
 * @example const result = await runGate(ruff(), "lint", { root, env: (await pythonEnv()).env });
 */
export async function runGate(plugin: Plugin, gate: string, setup: GateSetup): Promise<GateResult> {
  const { component = {}, ...rest } = setup;
  const [result] = await runGateOnMany(plugin, gate, { ...rest, components: [component] });
  if (result === undefined) throw new Error(`the gate ${gate} gave no result`);
  return result;
}

/**
 * Runs one gate of a plugin for several components, so that its `checkMany` is used where it has one.
 * @returns the results in the order of `components`
 * @throws {Error} when the run gives no results, and what the kernel throws
 */
export async function runGateOnMany(
  plugin: Plugin,
  gate: string,
  setup: ManySetup,
): Promise<readonly GateResult[]> {
  const { timeoutMs, ...run } = setup;
  const { report } = await runInMemory({
    ...run,
    plugins: [plugin],
    only: [gate],
    config: {
      stages: { testing: { retry: { max: 0 } } },
      gates: timeoutMs === undefined ? {} : { [gate]: { timeoutMs } },
    },
  });
  const stage = report.stages[0];
  if (stage === undefined || stage.results.length !== setup.components.length) {
    const reasons = [stage?.reason, ...report.warnings.map(({ message }) => message)].filter(Boolean);
    throw new Error(`the gate ${gate} gave no result: ${reasons.join("; ")}`);
  }
  return stage.results;
}
