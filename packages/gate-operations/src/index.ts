import { definePlugin, type PluginFactory } from "@towpath/core";
import { alertSource } from "./alerts/alert-source.ts";
import { attestationGate } from "./attestation-gate.ts";
import { drillGate } from "./drill-gate.ts";
import { options, type OperationsUserOptions } from "./options.ts";

export type { AlertmanagerUserOptions, MonitoringUserOptions, OperationsUserOptions } from "./options.ts";

/**
 * What an operator must be able to rely on: the gate `security-review` (and more criteria that people vouch for), the
 * gates `rollback` and `monitoring` (drills), and where alerts arrive.
 * @example export default defineConfig({ plugins: [operations({ monitoring: { file: "alerts.jsonl" } })] });
 */
const operations: PluginFactory<OperationsUserOptions | undefined> = definePlugin({
  name: "@towpath/gate-operations",
  options,
  setup(api, { attest, drillMaxAgeDays, monitoring }) {
    for (const criterion of attest) api.gate(attestationGate(criterion, api.origin(["attest"])));
    const policy = { maxAgeDays: drillMaxAgeDays, source: api.origin(["drillMaxAgeDays"]) };
    api.gate(drillGate("rollback", policy));
    const before = ["Configure `monitoring` of @towpath/gate-operations: it says where alerts arrive."];
    api.gate(drillGate("monitoring", monitoring === undefined ? { ...policy, before } : policy));
    if (monitoring !== undefined) api.alerts(alertSource(monitoring));
  },
});
export default operations;
