import { type ClientConnection, methods, RequestError } from "@agentclientprotocol/sdk";
import { Breakage } from "@towpath/core";
import { excerpt } from "@towpath/kit";
import { z } from "zod";
import type { Speech } from "./speech.ts";

const authRequired = -32_000;

/**
 * Shakes hands and opens a session; with the key in its environment where the agent wants that said.
 * @returns the session's id
 * @throws {Breakage} when the agent speaks another version, or no protocol; what it answers as an error
 */
export async function openSession(connection: ClientConnection, speech: Speech): Promise<string> {
  const { agent } = connection;
  const { protocolVersion, authMethods } = await agent.request(methods.agent.initialize, {
    protocolVersion: 1,
    clientCapabilities: {
      fs: { readTextFile: true, writeTextFile: true },
      terminal: speech.terminals !== undefined,
    },
    clientInfo: { name: "towpath", version: "1" },
  });
  if (protocolVersion !== 1) {
    throw new Breakage("tool-version", {
      message: `the agent speaks version ${excerpt(String(protocolVersion), 20)} of the protocol, not 1`,
    });
  }
  try {
    return await newSession(connection, speech);
  } catch (error) {
    const methodId = speech.hasKey && isAuthRequired(error) ? keyMethodIn(authMethods) : undefined;
    if (methodId === undefined) throw error;
    await agent.request(methods.agent.authenticate, { methodId });
    return newSession(connection, speech);
  }
}

async function newSession({ agent }: ClientConnection, { folder, mcp }: Speech): Promise<string> {
  const [command, ...args] = mcp ?? [];
  const { sessionId } = await agent.request(methods.agent.session.new, {
    cwd: folder,
    mcpServers: command === undefined ? [] : [{ name: "towpath", command, args, env: [] }],
  });
  // The library looks at what an agent asks, not at what it answers.
  if (typeof sessionId !== "string") throw noProtocol("it opened a session without an id");
  return sessionId;
}

const keyMethods = z.array(
  z.looseObject({ id: z.string(), _meta: z.looseObject({ "api-key": z.unknown() }).optional() }),
);

/** The way to log in that takes a key, and therefore no person. */
function keyMethodIn(authMethods: unknown): string | undefined {
  return keyMethods.safeParse(authMethods).data?.find(({ _meta }) => _meta?.["api-key"] !== undefined)?.id;
}

/** Whether an agent's error says that somebody must log in. */
export function isAuthRequired(error: unknown): boolean {
  return error instanceof RequestError && error.code === authRequired;
}

/** What it means that an answer is not as the protocol says. */
export function noProtocol(how: string): Breakage {
  return new Breakage("parse", { message: `the agent does not keep to the protocol: ${how}` });
}
