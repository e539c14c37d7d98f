import { definePlugin, specDocument, type PluginFactory } from "@towpath/core";
import { apiGate } from "./api-gate.ts";
import { componentSpec } from "./component-spec.ts";
import { conflictsGate } from "./conflicts-gate.ts";
import { options, type SpecUserOptions } from "./options.ts";
import { specGate } from "./spec-gate.ts";

/**
 * Three gates: `spec` (the specification is complete), `conflicts` (it goes together with itself and with what the
 * project says elsewhere) and `api` (the code keeps what its API blocks promise). The
 * specification, read, is the artifact `specDocument` for whoever needs it.
 * @example export default defineConfig({ plugins: [spec()] });
 */
const spec: PluginFactory<SpecUserOptions | undefined> = definePlugin({
  name: "@towpath/gate-spec",
  options,
  setup(api, { specs }) {
    api.gate(specGate(api.origin(["spec"])));
    api.gate(conflictsGate(api.origin(["conflicts"]), specs));
    api.gate(apiGate(api.origin(["api"])));
    api.artifact({ key: specDocument, executesCode: false, produce: (ctx) => componentSpec(ctx) });
  },
});
export default spec;
export { checkSpec } from "./completeness.ts";
export type { Diagnostic, Rule, Situation } from "./diagnostic.ts";
export type { SpecUserOptions } from "./options.ts";
export { gherkinFor, type Gherkin } from "./gherkin.ts";
export { parseSpec } from "./parse-spec.ts";
export { maxSpecBytes, readSpec } from "./read-spec.ts";
