import type { Agent } from "node:http";
import type { LoadRequest, PerformanceOptions } from "./options.ts";
import { send, type Sent } from "./send.ts";

/** One counted request. */
export interface Sample {
  /** Which of the requests it was. */
  readonly request: number;
  readonly ms: number;
  /** What was wrong; absent for a good answer. */
  readonly error?: string;
  /** Whether it came to an end that says something of the release: an answer, or none within the limit. */
  readonly decided: boolean;
  /** Whether `ms` says how long an answer takes: a good one, or one that was given up. */
  readonly timed: boolean;
}

/** What one round brought. */
export interface Round {
  readonly samples: readonly Sample[];
  readonly seconds: number;
}

/** What is put under load, and how. */
export interface Load extends Pick<PerformanceOptions, "requests" | "connections" | "amount" | "durationMs"> {
  /** Address of the release. */
  readonly url: URL;
  /** After how many milliseconds a request is given up. */
  readonly requestLimitMs: number;
}

/** A warm-up lasts no longer, in milliseconds. */
const warmUpMs = 5_000;

/**
 * One round of load: the requests in turn, over a fixed number of connections that stay open, each of which sends the
 * next request when the answer to the last one is there. What opens the connections is not counted. When the time is
 * over no more are sent, and those under way are waited for: the slow ones must not be lost.
 * @throws the reason of `signal` when it aborts
 */
export async function measureRound(load: Load, signal: AbortSignal): Promise<Round> {
  const { url, connections, requests } = load;
  signal.throwIfAborted();
  const settings = { keepAlive: true, maxSockets: connections };
  // Loaded here: it is much to load for the many commands that load nobody.
  const { Agent: Connections } =
    url.protocol === "https:" ? await import("node:https") : await import("node:http");
  const agent = new Connections(settings);
  const stop = (): void => agent.destroy();
  signal.addEventListener("abort", stop, { once: true });
  try {
    const amount = Math.max(connections, requests.length);
    await run(agent, { ...load, amount, durationMs: warmUpMs }, signal);
    const begun = performance.now();
    const samples = await run(agent, load, signal);
    signal.throwIfAborted();
    return { samples, seconds: (performance.now() - begun) / 1000 };
  } finally {
    signal.removeEventListener("abort", stop);
    agent.destroy();
  }
}

async function run(agent: Agent, load: Load, signal: AbortSignal): Promise<readonly Sample[]> {
  const { url, requests, connections, amount, durationMs, requestLimitMs } = load;
  const samples: Sample[] = [];
  const end = performance.now() + durationMs;
  let sent = 0;
  const work = async (): Promise<void> => {
    while (sent < amount && performance.now() < end && !signal.aborted) {
      const index = sent++ % requests.length;
      const request = requests[index];
      if (request === undefined) return;
      samples.push(sampleOf(index, request, await send(agent, url, request, requestLimitMs)));
    }
  };
  await Promise.all(Array.from({ length: connections }, work));
  return samples;
}

function sampleOf(request: number, { status: wanted }: LoadRequest, { ms, status, failure }: Sent): Sample {
  if (status === undefined) {
    const slow = failure === "slow";
    const error = slow ? "no answer in time" : `no answer (${failure ?? "unknown"})`;
    return { request, ms, error, decided: slow, timed: slow };
  }
  const good = wanted === undefined ? status >= 200 && status < 300 : status === wanted;
  return good
    ? { request, ms, decided: true, timed: true }
    : { request, ms, error: `status ${status}`, decided: true, timed: false };
}
