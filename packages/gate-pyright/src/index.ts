import { definePlugin, type PluginFactory } from "@towpath/core";
import { options, type PyrightUserOptions } from "./options.ts";
import { typesGate } from "./types-gate.ts";

export type { PyrightUserOptions } from "./options.ts";

/**
 * Gate `types`: pyright's errors against a limit.
 * @example export default defineConfig({ plugins: [pyright({ maxErrors: 0 })] });
 */
const pyright: PluginFactory<PyrightUserOptions | undefined> = definePlugin({
  name: "@towpath/gate-pyright",
  options,
  setup(api, checked) {
    api.gate(typesGate(checked, api.origin));
  },
});
export default pyright;
