import { definePlugin, type PluginFactory } from "@towpath/core";
import { mcpRetriever } from "./mcp-retriever.ts";
import { type McpRetrieverUserOptions, options } from "./options.ts";

export type {
  AskedFor,
  CommandServerUserOptions,
  McpRetrieverUserOptions,
  ToolUserOptions,
  UrlServerUserOptions,
} from "./options.ts";

/**
 * One retriever for each MCP server that is named: Context7, Serena, or any other with the tools that are declared.
 * @example export default defineConfig({ plugins: [retrieverMcp({ servers: [{ name: "serena", preset: "serena", command: ["serena", "start-mcp-server"] }] })] });
 */
const retrieverMcp: PluginFactory<McpRetrieverUserOptions> = definePlugin({
  name: "@towpath/retriever-mcp",
  options,
  setup(api, { servers }) {
    for (const server of servers) api.retriever(mcpRetriever(server));
  },
});
export default retrieverMcp;
