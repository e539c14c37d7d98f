import { once } from "node:events";
import { serveStdio } from "@modelcontextprotocol/server/stdio";
import type { Backend } from "./backend.ts";
import { createServer, type ServerOptions } from "./create-server.ts";

/**
 * Serves on standard input and output, in both eras of the protocol, until the client closes our input or the signal
 * aborts. Standard output then belongs to the protocol.
 * @returns when the connection is closed; calls that still ran were told to stop
 */
export async function serve(
  backend: Backend,
  options: ServerOptions & { readonly signal: AbortSignal },
): Promise<void> {
  const { signal, onerror } = options;
  const stop = new AbortController();
  const ended = ["end", "close", "error"].map((event) => once(process.stdin, event, { signal: stop.signal }));
  const aborted = signal.aborted ? Promise.resolve() : once(signal, "abort", { signal: stop.signal });
  const handle = serveStdio(() => createServer(backend, options), onerror === undefined ? {} : { onerror });
  // Whichever comes first ends the wait for the others, which reject then.
  await Promise.race([...ended, aborted].map((one) => one.catch(() => undefined)));
  stop.abort();
  await handle.close();
}
