import type { Ctx } from "./ctx.ts";
import { type Backoff, delayBefore } from "./retry.ts";

/**
 * When retry `n` is due, or `undefined` when none is left. The jitter is drawn from the run's and the step's id, so
 * that a replayed run computes the same time.
 */
export async function retryAt(
  ctx: Ctx,
  id: string,
  n: number,
  backoff: Backoff,
): Promise<{ readonly at: number; readonly delayMs: number } | undefined> {
  const delayMs = delayOf(ctx.run.id, id, n, backoff);
  if (delayMs === undefined) return undefined;
  return { at: (await ctx.now(id)) + delayMs, delayMs };
}

/** The delay in milliseconds before retry `n` of a step, or `undefined` when none is left. */
export function delayOf(run: string, id: string, n: number, backoff: Backoff): number | undefined {
  return delayBefore(n, backoff, () => fraction(`${run}/${id}`));
}

/** A number from 0 to 1 that depends on the text alone (32-bit FNV-1a). */
function fraction(text: string): number {
  let hash = 0x811c9dc5;
  for (const char of text) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return hash / 0xffffffff;
}
