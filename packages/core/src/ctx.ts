import type { Plan } from "./plan.ts";

/**
 * What may happen when a step is interrupted: `pure` may run again and be reused by digest, `idempotent` may run
 * again, `guarded` must be probed first.
 */
export type Effect = "pure" | "idempotent" | "guarded";

/** Names the work of a step. All plugin code runs inside steps. */
export interface StepCall {
  /** `core`, or the plugin whose code runs. */
  readonly plugin: string;
  /** What runs: `enter`, `work`, `gate`, `decide`, … */
  readonly name: string;
  readonly effect: Effect;
}

/** How a step ended. Outcomes are values, so a retry decorator cannot miss one. */
export type Outcome<O> =
  | { readonly ok: true; readonly value: O }
  | { readonly ok: false; readonly error: StepError };

/** Why a step ended without a value. */
export interface StepError {
  readonly code: string;
  readonly message: string;
  readonly cancelled: boolean;
}

/**
 * The only thing that the pipeline sees. Step ids are explicit and unique, so that an engine can replay a run:
 * every source of time and every effect goes through here.
 */
export interface Ctx {
  readonly run: { readonly id: string; readonly plan: Plan };
  /** Does a step, or answers with the recorded outcome. Inputs and values are JSON. */
  step<O>(id: string, call: StepCall, input: unknown): Promise<Outcome<O>>;
  /** Waits until a time in epoch milliseconds; recorded, so a resumed run does not wait anew. */
  sleepUntil(id: string, epochMs: number): Promise<void>;
  /** The time in epoch milliseconds, recorded. */
  now(id: string): Promise<number>;
}
