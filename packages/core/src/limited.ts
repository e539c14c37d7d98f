import { Breakage } from "./breakage.ts";
import type { Host } from "./host.ts";

/** How long work may take to stop after its signal, in milliseconds, before it is given up. */
const stopGraceMs = 15_000;

/**
 * Runs work under a signal that the time limit or the run's end aborts, and gives up on work that ignores it.
 * @param limitMs limit in milliseconds
 * @param what the work's name, for messages
 * @throws {Breakage} `timeout` or `cancelled`, whatever the stopped work threw or returned; else what the work threw
 */
export async function limited<T>(
  host: Pick<Host, "signal">,
  limitMs: number,
  what: string,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  host.signal.throwIfAborted();
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(timeoutBreakage(what, limitMs)), limitMs);
  const cancel = (): void => stop.abort(new Breakage("cancelled", { message: `${what} was cancelled` }));
  host.signal.addEventListener("abort", cancel, { once: true });
  let grace: NodeJS.Timeout | undefined;
  const givenUp = new Promise<never>((_, reject) => {
    stop.signal.addEventListener("abort", () => {
      grace = setTimeout(() => reject(stop.signal.reason), stopGraceMs);
    });
  });
  try {
    const value = await Promise.race([work(stop.signal), givenUp]);
    // What stopped work returns may rest on half a report.
    stop.signal.throwIfAborted();
    return value;
  } catch (error) {
    // Whatever a stopped gate throws, the reason is why it was stopped.
    throw stop.signal.aborted ? stop.signal.reason : error;
  } finally {
    clearTimeout(timer);
    clearTimeout(grace);
    host.signal.removeEventListener("abort", cancel);
  }
}

function timeoutBreakage(what: string, limitMs: number): Breakage {
  return new Breakage("timeout", { message: `${what} did not end within ${limitMs / 1000} s` });
}
