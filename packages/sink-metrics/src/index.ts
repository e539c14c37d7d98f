import { definePlugin, type PluginFactory } from "@towpath/core";
import { metricsSink } from "./metrics-sink.ts";
import { options, type MetricsUserOptions } from "./options.ts";

export type { MetricsUserOptions } from "./options.ts";

/**
 * Writes a line for each finished stage, gate and run into a file for each day.
 * @example export default defineConfig({ plugins: [metrics({ retentionDays: 90 })] });
 */
const metrics: PluginFactory<MetricsUserOptions | undefined> = definePlugin({
  name: "@towpath/sink-metrics",
  options,
  setup(api, checked) {
    api.sink(metricsSink({ ...checked, root: api.root }));
  },
});
export default metrics;
