import { definePlugin, type PluginFactory } from "@towpath/core";
import { options, type UptimeUserOptions } from "./options.ts";
import { uptimeGate } from "./uptime-gate.ts";

export { createAlerter, type Alert, type Alerter, type AlerterParts } from "./alert.ts";
export {
  options,
  parseUptimeOptions,
  type AlertOptions,
  type AlertUserOptions,
  type ProbeOptions,
  type ProbeUserOptions,
  type SourceOptions,
  type SourceUserOptions,
  type UptimeOptions,
  type UptimeUserOptions,
} from "./options.ts";
export { probeOnce, startProber, type ProberParts } from "./prober.ts";
export { budgetBurnt, uptimeOf, windowStart, type Span, type Uptime, type UptimeQuestion } from "./uptime.ts";
export { questionOf } from "./uptime-gate.ts";

/**
 * Gate `uptime`: the release that staging runs was up for long enough, by probes whose gaps count.
 * @example export default defineConfig({ plugins: [uptime({ probe: { http: { path: "/health" } } })] });
 */
const uptime: PluginFactory<UptimeUserOptions | undefined> = definePlugin({
  name: "@towpath/gate-uptime",
  options,
  setup(api, checked) {
    const target = api.origin(["target"]);
    api.gate(uptimeGate(checked, { target, mode: api.origin(["mode"]), window: api.origin(["window"]) }));
  },
});
export default uptime;
