import { definePlugin, type PluginFactory } from "@towpath/core";
import { coverageGate } from "./coverage-gate.ts";
import { flakyGate } from "./flaky-gate.ts";
import { options, type CoverageUserOptions } from "./options.ts";
import { pytestRunProducer } from "./pytest-run.ts";
import { testsGate } from "./tests-gate.ts";

export type { CoverageUserOptions, Metric } from "./options.ts";
export { pytestRun, type PytestRun } from "./pytest-run.ts";

/**
 * The gates `tests`, `coverage` and `flaky`, all judged from one run of pytest.
 * @example defineConfig({ plugins: [coverage({ coverage: { staging: 75 } })] })
 */
const coverage: PluginFactory<CoverageUserOptions | undefined> = definePlugin({
  name: "@towpath/gate-coverage",
  options,
  setup(api, checked) {
    api.artifact(pytestRunProducer(checked));
    api.gate(testsGate(api));
    api.gate(coverageGate(api, checked));
    api.gate(flakyGate(api, checked));
  },
});
export default coverage;
