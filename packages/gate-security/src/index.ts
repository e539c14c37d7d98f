import { definePlugin, type PluginFactory } from "@towpath/core";
import { dependenciesGate } from "./dependencies.ts";
import { options, type SecurityUserOptions } from "./options.ts";
import { sastGate } from "./sast.ts";
import { secretsGate } from "./secrets.ts";

/**
 * Three gates: `secrets` (detect-secrets or secretlint), `sast` (bandit) and `dependencies` (pip-audit).
 * @example export default defineConfig({ plugins: [security({ sast: { thresholds: { medium: 0 } } })] });
 */
const security: PluginFactory<SecurityUserOptions | undefined> = definePlugin({
  name: "@towpath/gate-security",
  options,
  setup(api, { secrets, sast, dependencies }) {
    const severity = (name: string): string => api.origin(["sast", "thresholds", name]);
    api.gate(secretsGate(secrets, api.origin(["secrets"])));
    api.gate(sastGate(sast, { high: severity("high"), medium: severity("medium"), low: severity("low") }));
    api.gate(dependenciesGate(dependencies, api.origin(["dependencies"])));
  },
});
export default security;
export type {
  DependenciesUserOptions,
  SastUserOptions,
  SecretsUserOptions,
  SecurityUserOptions,
} from "./options.ts";
