import { definePlugin, type PluginFactory } from "@towpath/core";
import { complexityGate } from "./complexity-gate.ts";
import { type ComplexityUserOptions, options } from "./options.ts";

export type { ComplexityUserOptions } from "./options.ts";

/**
 * Gate `complexity`: cyclomatic complexity of every function against a limit.
 * @example export default defineConfig({ plugins: [complexity({ max: 12 })] });
 */
const complexity: PluginFactory<ComplexityUserOptions | undefined> = definePlugin({
  name: "@towpath/gate-complexity",
  options,
  setup(api, checked) {
    api.gate(complexityGate(checked, api.origin(["max"])));
  },
});
export default complexity;
