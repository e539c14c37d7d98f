import type { Agent } from "node:http";
import type { LoadRequest } from "./options.ts";

/** How one request ended. */
export interface Sent {
  /** From the first byte sent to the last one received, the connection included if it was new. */
  readonly ms: number;
  /** Status of a whole answer. */
  readonly status?: number;
  /** Why there is none. `slow`: it did not come within the limit. */
  readonly failure?: "slow" | (string & {});
}

/**
 * Sends a request and reads the whole answer, whose body is thrown away. Redirects are answers.
 * @param base address below which the path lies; no path leads to another host
 * @param limitMs after which the request is given up
 */
export async function send(
  agent: Agent,
  base: URL,
  { method, path, headers, body }: LoadRequest,
  limitMs: number,
): Promise<Sent> {
  const url = new URL(`${base.origin}${base.pathname.replace(/\/$/, "")}${path}`);
  // Already loaded by whoever made the agent.
  const { request: start } =
    url.protocol === "https:" ? await import("node:https") : await import("node:http");
  return new Promise((resolve) => {
    const begun = performance.now();
    let slow = false;
    const settle = (end: Omit<Sent, "ms">): void => {
      clearTimeout(timer);
      resolve({ ...end, ms: performance.now() - begun });
    };
    const fail = (error: Error & { readonly code?: string }): void =>
      settle({ failure: slow ? "slow" : (error.code ?? error.message) });
    const outgoing = start(url, { agent, method, headers }, (response) => {
      response.on("error", fail);
      response.once("end", () => settle({ status: response.statusCode ?? 0 }));
      response.once("close", () => fail(new Error("closed")));
      response.resume();
    });
    const timer = setTimeout(() => {
      slow = true;
      outgoing.destroy(new Error("slow"));
    }, limitMs);
    outgoing.on("error", fail);
    outgoing.end(body);
  });
}
