import { definePlugin, type PluginFactory } from "@towpath/core";
import { docsGate } from "./docs-gate.ts";
import { options, type DocsUserOptions } from "./options.ts";

export type { DocsUserOptions } from "./options.ts";

/**
 * Gate `docs`: a README, docstrings of what is public, and an example of use.
 * @example export default defineConfig({ plugins: [docs({ docstrings: { staging: 100 } })] });
 */
const docs: PluginFactory<DocsUserOptions | undefined> = definePlugin({
  name: "@towpath/gate-docs",
  options,
  setup(api, checked) {
    const docstrings = (target: string): string => api.origin(["docstrings", target]);
    api.gate(docsGate(checked, { docstrings, readme: api.origin(["readme"]) }));
  },
});
export default docs;
