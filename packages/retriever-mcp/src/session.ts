import {
  Client,
  ProtocolError,
  SdkError,
  SdkErrorCode,
  type CallToolResult,
} from "@modelcontextprotocol/client";
import type { Transport } from "@modelcontextprotocol/client";
import { excerpt } from "@towpath/kit";

/** A tool as the server lists it. */
export interface ListedTool {
  readonly name: string;
  /** Names of the arguments that it takes, and of those that it must have. */
  readonly takes: readonly string[];
  readonly needs: readonly string[];
}

/** A server that can be asked. */
export interface Session {
  readonly tools: ReadonlyMap<string, ListedTool>;
  /**
   * Calls a tool.
   * @returns the text of its answer, as it came
   * @throws {Error} when the tool is not listed, wants arguments that it is not sent, fails, or does not answer
   */
  call(tool: string, args: Readonly<Record<string, unknown>>): Promise<string>;
}

/** How a server is spoken with. */
export interface SessionRequest {
  readonly transport: Transport;
  /**
   * `initialize` as servers have known it since 2024, the revision that has none, or whichever the server knows: to find
   * out, it is sent a request that older ones do not know, which some of those that are started do not survive.
   */
  readonly era: "handshake" | "stateless" | "either";
  /** Limit of each request in milliseconds. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Told of each call before it is made. */
  readonly onCall: (tool: string, args: Readonly<Record<string, unknown>>) => void;
}

/** More calls are made in no consultation. */
const mostCalls = 40;
const mostPages = 8;
const modes = { handshake: "legacy", stateless: { pin: "2026-07-28" }, either: "auto" } as const;

/**
 * Opens a session, hands it to `use`, and closes it.
 * @throws {Error} what `use` throws; when the server refuses, does not answer, or is gone
 */
export async function withSession<T>(
  request: SessionRequest,
  use: (session: Session) => Promise<T>,
): Promise<T> {
  const { transport, era, timeoutMs, signal, onCall } = request;
  const limits = { timeout: timeoutMs, maxTotalTimeout: timeoutMs, signal };
  const client = new Client(
    { name: "towpath", version: "1.0.0" },
    {
      capabilities: {},
      versionNegotiation: { mode: modes[era] },
      listMaxPages: mostPages,
      inputRequired: { autoFulfill: false },
      // Answers are read as text. A server's schema may hold patterns that never end, so none is compiled.
      jsonSchemaValidator: {
        getValidator: () => (data) => ({ valid: true, data: data as never, errorMessage: undefined }),
      },
    },
  );
  try {
    await client.connect(transport, limits);
    const { tools } = await client.listTools(undefined, limits);
    const listed = new Map(tools.map((tool) => [tool.name, listedTool(tool)]));
    let calls = 0;
    const call: Session["call"] = async (name, args) => {
      const tool = listed.get(name);
      if (tool === undefined) throw new Error(`the server has no tool ${name}; it has ${namesOf(listed)}`);
      const missing = tool.needs.filter((one) => !Object.hasOwn(args, one));
      if (missing.length > 0)
        throw new Error(`the tool ${name} wants ${excerpt(missing.join(", "), 200)}, which it is not sent`);
      if (++calls > mostCalls) throw new Error(`more than ${mostCalls} calls were asked for`);
      onCall(name, args);
      return textOf(name, await client.callTool({ name, arguments: { ...args } }, limits));
    };
    return await use({ tools: listed, call });
  } finally {
    await client.close();
  }
}

/** Whether the server knows no handshake, so that it may know the revision without one. */
export function refusesHandshake(error: unknown): boolean {
  // Unsupported protocol version; method not found.
  return error instanceof ProtocolError && [-32_022, -32_601].includes(error.code);
}

/** Whether the server is gone. */
export function isGone(error: unknown): boolean {
  return (
    error instanceof SdkError &&
    [SdkErrorCode.ConnectionClosed, SdkErrorCode.NotConnected, SdkErrorCode.SendFailed].includes(error.code)
  );
}

function listedTool(tool: {
  readonly name: string;
  readonly inputSchema: Record<string, unknown>;
}): ListedTool {
  const { properties, required } = tool.inputSchema;
  const takes = typeof properties === "object" && properties !== null ? Object.keys(properties) : [];
  const needs = Array.isArray(required) ? required.filter((one) => typeof one === "string") : [];
  return { name: tool.name, takes, needs };
}

function namesOf(tools: ReadonlyMap<string, ListedTool>): string {
  return tools.size === 0 ? "none" : excerpt([...tools.keys()].join(", "), 300);
}

/** @throws {Error} when the answer says that the tool failed */
function textOf(tool: string, { content, structuredContent, isError }: CallToolResult): string {
  const parts = content.flatMap((part) => (part.type === "text" ? [part.text] : []));
  const text =
    parts.length === 0 && structuredContent !== undefined
      ? JSON.stringify(structuredContent)
      : parts.join("\n");
  if (isError === true) throw new Error(`the tool ${tool} failed: ${excerpt(text, 300)}`);
  return text;
}
