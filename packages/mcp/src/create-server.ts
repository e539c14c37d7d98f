import { McpServer } from "@modelcontextprotocol/server";
import type { Backend } from "./backend.ts";
import { createConfirmations } from "./confirmations.ts";
import { limits } from "./guides.ts";
import { registerPrompts } from "./prompts.ts";
import { registerResources } from "./resources.ts";
import { registerContextGet } from "./tools/context-get.ts";
import { registerContextRecord } from "./tools/context-record.ts";
import { registerExplain } from "./tools/explain.ts";
import { registerGateFindings } from "./tools/gate-findings.ts";
import { registerGateRun } from "./tools/gate-run.ts";
import { registerPromote } from "./tools/promote.ts";
import { registerWorkflowStatus } from "./tools/workflow-status.ts";

/** How a server is made. */
export interface ServerOptions {
  /** Version of the program that serves. */
  readonly version: string;
  /** Gets what goes wrong beside an answer. @default nobody does */
  readonly onerror?: (error: unknown) => void;
}

/**
 * Makes a server of seven tools, four resources and three prompts over the command line. It can do what an agent may:
 * no tool attests, waives, rolls back, or deploys to production.
 * @example serveStdio(() => createServer(backend, { version: "1.0.0" }))
 */
export function createServer(
  backend: Backend,
  { version, onerror = () => undefined }: ServerOptions,
): McpServer {
  const confirmations = createConfirmations();
  const server = new McpServer(
    { name: "towpath", version },
    { instructions: limits.join("\n"), requestState: { verify: confirmations.verify } },
  );
  const parts = { server, backend, onerror };
  registerGateFindings(parts);
  registerGateRun(parts);
  registerWorkflowStatus(parts);
  registerExplain(parts);
  registerContextGet(parts);
  registerContextRecord(parts);
  registerPromote(parts, confirmations);
  registerResources(parts);
  registerPrompts(parts);
  return server;
}
