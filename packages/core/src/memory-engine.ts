import type { Ctx, Outcome, StepCall } from "./ctx.ts";
import { isTowpathError } from "./errors.ts";
import type { Clock } from "./host.ts";
import type { Plan } from "./plan.ts";

/** Does the work of a step. A value is the outcome; a throw is an outcome too. */
export type StepExecutor = (call: StepCall, input: unknown) => Promise<unknown>;

/**
 * The engine without a journal: a run lives as long as its process.
 * @returns what the pipeline sees
 */
export function memoryCtx(
  run: { readonly id: string; readonly plan: Plan },
  execute: StepExecutor,
  clock: Clock,
  signal: AbortSignal,
): Ctx {
  const used = new Set<string>();
  const claim = (id: string): void => {
    if (used.has(id)) throw new TypeError(`the step id ${id} is used twice`);
    used.add(id);
  };
  return {
    run,
    async step<O>(id: string, call: StepCall, input: unknown): Promise<Outcome<O>> {
      claim(id);
      try {
        signal.throwIfAborted();
        // The pipeline names the type of the value that the executor's function of this name returns.
        return { ok: true, value: (await execute(call, input)) as O };
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        const code = isTowpathError(error) ? error.data.code : "TP9001";
        return { ok: false, error: { code, message, cancelled: signal.aborted } };
      }
    },
    async sleepUntil(id, epochMs) {
      claim(id);
      try {
        await clock.sleep(Math.max(0, epochMs - clock.now()), signal);
      } catch (error) {
        // A cancelled run wakes up; its next step says that it is cancelled.
        if (!signal.aborted) throw error;
      }
    },
    async now(id) {
      claim(id);
      return clock.now();
    },
  };
}
