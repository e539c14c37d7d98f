import { createDeployerBench } from "./deployer-bench.ts";
import type { DeployerSuiteOptions } from "./deployer-case.ts";
import { deployerCrashPromises } from "./deployer-crash-promises.ts";
import { deployerPromises } from "./deployer-promises.ts";
import type { TestRunner } from "./test-runner.ts";

/**
 * Registers the conformance suite that every deployer must pass. The test runner is handed in.
 *
 * The suite does to a fresh target what an engine does, with new deployers that remember nothing, and judges by what
 * really runs there. It kills the process of the deployer, or ends its time, whenever it is about to start a process,
 * has ended one, or writes to the log: log a line between any two effects of your own.
 * @example deployerSuite({ describe, it, expect }, { name: "kubectl", target: () => freshNamespace() });
 */
export function deployerSuite(runner: TestRunner, options: DeployerSuiteOptions): void {
  const left = Object.entries(options.off ?? {}).map(([part, reason]) => `${part} (${reason})`);
  const without = left.length === 0 ? "" : `, without: ${left.join(", ")}`;
  runner.describe(`the deployer ${options.name}${without}`, () => {
    const bench = createDeployerBench(runner, options);
    deployerPromises(bench);
    deployerCrashPromises(bench);
  });
}
