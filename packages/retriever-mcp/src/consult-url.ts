import { StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import type { GateContext } from "@towpath/core";
import { type Session, type SessionRequest, withSession } from "./session.ts";

/** A server on the network. */
export interface UrlConsultation {
  readonly url: string;
  /** Variables that hold the values of headers, by the headers' names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly onCall: SessionRequest["onCall"];
}

/** What a server may send in one response, in bytes. */
const mostBytes = 8 * 1024 * 1024;

/**
 * Asks a server on the network. Redirects to other hosts are not followed.
 * @throws {Error} when a variable is not set, the server cannot be reached, takes too long, or what `use` throws
 */
export async function consultUrl<T>(
  { url, headers, timeoutMs, onCall }: UrlConsultation,
  ctx: GateContext,
  use: (session: Session) => Promise<T>,
): Promise<T> {
  const values = Object.entries(headers).map(([name, variable]): [string, string] => {
    const value = ctx.env[variable];
    if (value === undefined || value === "") throw new Error(`the variable ${variable} is not set`);
    return [name, value];
  });
  const limit = AbortSignal.timeout(timeoutMs);
  const signal = AbortSignal.any([ctx.signal, limit]);
  const transport = new StreamableHTTPClientTransport(new URL(url), {
    requestInit: { headers: Object.fromEntries(values) },
    fetch: (target, init) => cappedFetch(target, init, signal),
    redirectPolicy: "same-origin",
    reconnectionOptions: {
      maxRetries: 0,
      initialReconnectionDelay: 1,
      maxReconnectionDelay: 1,
      reconnectionDelayGrowFactor: 1,
    },
  });
  try {
    return await withSession({ transport, era: "either", timeoutMs, signal, onCall }, use);
  } catch (error) {
    if (limit.aborted && !ctx.signal.aborted)
      throw new Error(`the server did not answer within ${timeoutMs} ms`, { cause: error });
    throw error;
  }
}

/** A response that is cut off with an error when it is too long. */
async function cappedFetch(
  target: string | URL,
  init: RequestInit | undefined,
  signal: AbortSignal,
): Promise<Response> {
  const signals = init?.signal == null ? signal : AbortSignal.any([init.signal, signal]);
  const response = await fetch(target, { ...init, signal: signals });
  if (response.body === null) return response;
  let length = 0;
  const body = response.body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        length += chunk.length;
        if (length > mostBytes)
          controller.error(new Error(`a response of the server is longer than ${mostBytes} bytes`));
        else controller.enqueue(chunk);
      },
    }),
  );
  return new Response(body, {
    status: response.status,
    statusText: response.statusText,
    headers: response.headers,
  });
}
