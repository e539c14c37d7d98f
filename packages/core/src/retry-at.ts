import type { Ctx } from "./ctx.ts";
import { type Backoff, delayBefore } from "./retry.ts";

/** When retry `n` is due, from the recorded time, or `undefined` when none is left. */
export async function retryAt(
  ctx: Ctx,
  id: string,
  n: number,
  backoff: Backoff,
): Promise<{ readonly at: number; readonly delayMs: number } | undefined> {
  const delayMs = delayBefore(n, backoff);
  return delayMs === undefined ? undefined : { at: (await ctx.now(id)) + delayMs, delayMs };
}
