import { definePlugin, type PluginFactory } from "@towpath/core";
import { apiGate } from "./api-gate.ts";
import { options, type SpecUserOptions } from "./options.ts";
import { specGate } from "./spec-gate.ts";

/**
 * Two gates: `spec` (the specification is complete) and `api` (the code keeps what its API blocks promise).
 * @example export default defineConfig({ plugins: [spec()] });
 */
const spec: PluginFactory<SpecUserOptions | undefined> = definePlugin({
  name: "@towpath/gate-spec",
  options,
  setup(api) {
    api.gate(specGate(api.origin(["spec"])));
    api.gate(apiGate(api.origin(["api"])));
  },
});
export default spec;
export { checkSpec } from "./completeness.ts";
export type { Diagnostic, Rule } from "./diagnostic.ts";
export type { SpecUserOptions } from "./options.ts";
export { parseSpec } from "./parse-spec.ts";
export { maxSpecBytes, readSpec } from "./read-spec.ts";
