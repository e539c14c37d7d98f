import type { Exec } from "./exec.ts";
import type { GateContext } from "./gate.ts";
import type { GateEnvironment } from "./gate-environment.ts";
import type { Workspace } from "./workspace.ts";

/** Time, injected so that tests can turn it. */
export interface Clock {
  /** Wall clock in epoch milliseconds: for due times and records. */
  now(): number;
  /** Monotonic milliseconds: for durations. */
  monotonic(): number;
  /** Waits, or rejects when the signal aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** What core needs from the process it runs in. The CLI and the testkit make one with `@towpath/kit`. */
export interface Host {
  readonly workspace: Workspace;
  readonly exec: Exec;
  /**
   * Looks at what a gate depends on (`lookAt` of `@towpath/kit`); equal answers are equal as JSON.
   * @throws when it cannot say; nothing is reused then
   */
  lookAt(environment: GateEnvironment, ctx: GateContext): Promise<unknown>;
  /** The environment that tool look-up may read. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** Processors that gates may use at once. */
  readonly cores: number;
  /** Absolute path of a folder for the outputs of this run. */
  readonly outDir: string;
  readonly trusted: boolean;
  /** Aborted when the run is cancelled. */
  readonly signal: AbortSignal;
  /** Ends the processes that a dead process of a run has left. @default nothing is looked for */
  readonly reap?: (run: string) => Promise<void>;
  /** Takes secrets out of words before they are stored. @default nothing is taken out */
  readonly redact?: (text: string) => string;
}
