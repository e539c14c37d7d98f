import type { McpServer } from "@modelcontextprotocol/server";
import type { Backend } from "./backend.ts";

/** What tools, resources and prompts are registered with. */
export interface ServerParts {
  readonly server: McpServer;
  readonly backend: Backend;
  /** Gets what goes wrong beside an answer. */
  readonly onerror: (error: unknown) => void;
}
