import { definePlugin, type PluginFactory } from "@towpath/core";
import { options, type PerformanceUserOptions } from "./options.ts";
import { performanceGate } from "./performance-gate.ts";

export type { LimitsUserOptions, PerformanceUserOptions, RequestUserOptions } from "./options.ts";

/**
 * Gate `performance`: how the deployed release answers under load.
 * @example export default defineConfig({ plugins: [performance({ requests: [{ path: "/books" }], limits: { p95Ms: 300 } })] });
 */
const performance: PluginFactory<PerformanceUserOptions> = definePlugin({
  name: "@towpath/gate-performance",
  options,
  setup(api, checked) {
    api.gate(performanceGate(checked, (limit) => api.origin(["limits", limit])));
  },
});
export default performance;
