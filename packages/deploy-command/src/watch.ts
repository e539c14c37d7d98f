import { Breakage, type Clock, type Watch } from "@towpath/core";
import type { WatchOptions } from "./options.ts";
import { stopReason } from "./run-command.ts";
import type { Health } from "./target-state.ts";

/**
 * Looks at a release again and again: it must be healthy within `withinMs` and then stay so for `bakeMs`.
 * @throws {Breakage} what `look` throws, and `timeout` or `cancelled` when the host stops it
 */
export async function watch(
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
  { withinMs, bakeMs, everyMs }: WatchOptions,
  look: () => Promise<Health>,
): Promise<Watch> {
  const begun = clock.monotonic();
  let healthySince: number | undefined;
  for (;;) {
    const { state, detail } = await look();
    const now = clock.monotonic();
    if (state === "unhealthy") return { healthy: false, reason: detail };
    if (state === "starting") {
      if (healthySince !== undefined) return { healthy: false, reason: `it did not stay healthy: ${detail}` };
      if (now - begun >= withinMs)
        return { healthy: false, reason: `not healthy within ${withinMs} ms: ${detail}` };
    } else {
      healthySince ??= now;
      if (now - healthySince >= bakeMs) return { healthy: true, detail };
    }
    try {
      await clock.sleep(everyMs, signal);
    } catch (cause) {
      throw stopReason(signal) ?? new Breakage("cancelled", { message: "the watch was cancelled", cause });
    }
  }
}
