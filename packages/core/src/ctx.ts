import type { Backoff } from "./retry.ts";
import type { Plan } from "./plan.ts";
import type { ErrorData } from "./errors.ts";
import type { Wait } from "./journal.ts";

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
  /** How often a guarded step that breaks is tried again, each time after a probe. @default never */
  readonly retry?: Backoff;
  /**
   * For a guarded step that takes something back: it begins also when the run is cancelled, and when it breaks for good
   * an operator must look. @default false
   */
  readonly mustSucceed?: boolean;
  /** Whether cancelling the run does not touch it once it has begun, so that what it says is whole. @default false */
  readonly uncancellable?: boolean;
}

/** How a step ended. Outcomes are values, so a retry decorator cannot miss one. */
export type Outcome<O> =
  | { readonly ok: true; readonly value: O }
  | { readonly ok: false; readonly error: StepError };

/** Why a step ended without a value. `why`, `fix` and `where` are there where somebody has said them. */
export interface StepError extends Partial<Omit<ErrorData, "code" | "message">> {
  readonly code: string;
  readonly message: string;
  /** `failed` is an answer and is kept. After `cancelled` and `unknown` the run can be resumed. */
  readonly kind: "failed" | "cancelled" | "unknown";
}

/**
 * The only thing that the pipeline sees. Step ids are explicit and unique, so that an engine can replay a run:
 * every source of time and every effect goes through here.
 */
export interface Ctx {
  readonly run: { readonly id: string; readonly plan: Plan };
  /** Does a step, or answers with the recorded outcome. Inputs and values are JSON. */
  step<O>(id: string, call: StepCall, input: unknown): Promise<Outcome<O>>;
  /** Waits in this process until a time in epoch milliseconds that was computed from recorded times. */
  sleepUntil(id: string, epochMs: number): Promise<void>;
  /**
   * Waits for days or for people. `parked`: the pipeline must return now; the run goes on from here when it is resumed,
   * and is then told `woken`.
   */
  waitFor(id: string, wait: Omit<Wait, "step">): Promise<"woken" | "parked">;
  /** The time in epoch milliseconds, recorded. */
  now(id: string): Promise<number>;
}
