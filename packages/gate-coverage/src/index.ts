import { definePlugin, type PluginFactory } from "@towpath/core";
import { coverageGate } from "./coverage-gate.ts";
import { deployedTestsGate } from "./deployed-tests-gate.ts";
import { flakyGate } from "./flaky-gate.ts";
import { integrationCoverageGate } from "./integration-coverage-gate.ts";
import { options, type CoverageUserOptions } from "./options.ts";
import { integrationRunProducer, pytestRunProducer } from "./pytest-run.ts";
import { testsGate } from "./tests-gate.ts";

export type { CoverageUserOptions, Metric } from "./options.ts";
export { integrationRun, pytestRun } from "./pytest-run.ts";
export type { PytestRun, SuiteRun } from "./suite-run.ts";
export type { TestSelection } from "./test-selection.ts";

/**
 * The gates `tests`, `coverage` and `flaky`, all judged from one run of pytest; with the option `integration` the gates
 * `integration` and `integration-coverage`, with `e2e` the gate `e2e`.
 * @example defineConfig({ plugins: [coverage({ coverage: { staging: 75 } })] })
 */
const coverage: PluginFactory<CoverageUserOptions | undefined> = definePlugin({
  name: "@towpath/gate-coverage",
  options,
  setup(api, checked) {
    api.artifact(pytestRunProducer(checked));
    api.gate(testsGate(api, checked));
    api.gate(coverageGate(api, checked));
    api.gate(flakyGate(api, checked));
    if (checked.integration !== undefined) {
      api.artifact(integrationRunProducer(checked));
      api.gate(deployedTestsGate(api, checked, "integration"));
      api.gate(integrationCoverageGate(api, checked));
    }
    if (checked.e2e !== undefined) api.gate(deployedTestsGate(api, checked, "e2e"));
  },
});
export default coverage;
