import { definePlugin, type PluginFactory } from "@towpath/core";
import { fileStore } from "./file-store.ts";
import { options, type StoreFileUserOptions } from "./options.ts";

export type { StoreFileUserOptions } from "./options.ts";
export { writeSession } from "./session-file.ts";
export { tokenCounter } from "./token-counter.ts";

/**
 * Keeps sessions as files that people and other tools read and write, too.
 * @example export default defineConfig({ plugins: [storeFile({ folder: "docs/sessions" })] });
 */
const storeFile: PluginFactory<StoreFileUserOptions | undefined> = definePlugin({
  name: "@towpath/store-file",
  options,
  setup(api, { folder }) {
    api.store(fileStore({ root: api.root, folder }));
  },
});
export default storeFile;
