import { definePlugin, type PluginFactory } from "@towpath/core";
import { pytestGenerator } from "./generate-tests.ts";
import { options, type TestgenUserOptions } from "./options.ts";
import { proofGate } from "./proof/proof-gate.ts";
import { traceGate } from "./trace/trace-gate.ts";

export type { TestgenUserOptions } from "./options.ts";
export type { TraceDetails, TraceRow, TracedTest } from "./trace/trace-rows.ts";

/**
 * Makes pytest files from the specification, and two gates: `proof` (tests that name a requirement can fail) and `trace`
 * (each requirement has a test that passed).
 * @example export default defineConfig({ plugins: [spec(), coverage(), testgen()] });
 */
const testgen: PluginFactory<TestgenUserOptions | undefined> = definePlugin({
  name: "@towpath/testgen-pytest",
  options,
  setup(api, checked) {
    api.testGenerator(pytestGenerator(checked));
    api.gate(proofGate(api, checked));
    api.gate(traceGate(api));
  },
});
export default testgen;
