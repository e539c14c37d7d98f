import { createBench, type SuiteSettings } from "./bench.ts";
import type { GateCase } from "./gate-case.ts";
import { createLab } from "./lab.ts";
import { mutationPromises } from "./mutation-promises.ts";
import { packagePromises, type AnyPluginFactory } from "./package-promises.ts";
import { processPromises } from "./process-promises.ts";
import { reusePromises } from "./reuse-promises.ts";
import type { TestRunner } from "./test-runner.ts";
import { toolPromises } from "./tool-promises.ts";
import { trustPromises } from "./trust-promises.ts";
import { verdictPromises } from "./verdict-promises.ts";

/** What a plugin package hands to its conformance suite. */
export interface GateSuiteOptions extends SuiteSettings {
  /** `import.meta.url` of the test file: the package.json above it is the package's. */
  readonly from: string;
  /** The package's default export. */
  readonly factory: AnyPluginFactory;
  /** At least one for each gate. */
  readonly cases: readonly GateCase[];
}

/**
 * Registers the conformance suite that every gate must pass. The test runner is handed in.
 *
 * The suite runs the gate's real tool on a clean and on a dirty component and records all that it delivers: streams,
 * files, exit codes. Then it lets the recordings be delivered damaged, and real processes misbehave in the tool's
 * place. Nothing of that needs help from the plugin, as every process goes through `ctx.exec`.
 * @example gateSuite({ describe, it, expect }, { from: import.meta.url, factory: ruff, cases: [{ gate: "lint", plugin: () => ruff(), clean, dirty }] });
 */
export function gateSuite(runner: TestRunner, options: GateSuiteOptions): void {
  const { from, factory, cases } = options;
  runner.describe(`the package ${factory.pluginName}`, () => packagePromises(runner, from, factory));
  for (const gateCase of cases) {
    runner.describe(titleOf(gateCase), () => {
      const bench = createBench(runner, gateCase, createLab(gateCase), options);
      verdictPromises(bench);
      trustPromises(bench);
      reusePromises(bench);
      if (gateCase.off?.processes === undefined) {
        processPromises(bench);
        toolPromises(bench);
        mutationPromises(bench);
      } else {
        noProcessPromise(bench);
      }
    });
  }
}

function noProcessPromise({ lab, expect, promise }: ReturnType<typeof createBench>): void {
  promise("starts no process", undefined, async () => {
    const { calls } = await lab.dirty();
    expect(calls.map(({ key }) => key)).toEqual([]);
  });
}

/** What a gate was let off stands in the title of all its tests. */
function titleOf({ gate, off = {} }: GateCase): string {
  const left = Object.entries(off).map(([part, reason]) => `${part} (${reason})`);
  return left.length === 0 ? `the gate ${gate}` : `the gate ${gate}, without: ${left.join(", ")}`;
}
