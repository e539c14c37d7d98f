import { definePlugin, type PluginFactory } from "@towpath/core";
import { localRetriever } from "./local-retriever.ts";
import { type LocalRetrieverOptions, options } from "./options.ts";

export type { LocalRetrieverOptions } from "./options.ts";

/**
 * Retriever `local`: an offline index over the definitions, documents and named requirements of the repository.
 * @example export default defineConfig({ plugins: [retrieverLocal()] });
 */
const retrieverLocal: PluginFactory<LocalRetrieverOptions | undefined> = definePlugin({
  name: "@towpath/retriever-local",
  options,
  setup(api) {
    api.retriever(localRetriever);
  },
});
export default retrieverLocal;
