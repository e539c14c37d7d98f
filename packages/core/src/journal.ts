import type { Effect, Outcome } from "./ctx.ts";
import type { TowpathEvent } from "./events.ts";
import type { EvidenceLog, Log } from "./evidence.ts";
import type { Fact } from "./facts.ts";
import type { Plan } from "./plan.ts";
import type { Sample, SampleQuery } from "./records.ts";
import type { GateResult } from "./result.ts";
import type { Message } from "./session.ts";

/**
 * Where a run stands. `running`: begun, and if nobody holds its component, its process died. `stopped`: by a signal.
 * `parked`: it waits. `unknown`: nobody knows whether an effect was done. `halted`: the journal could not be written.
 * `superseded`: another run took its place. Only `closed` and `superseded` are final.
 */
export type RunStatus = "running" | "stopped" | "parked" | "unknown" | "halted" | "closed" | "superseded";

/** What a run waits for. */
export interface Wait {
  /** The step that waits. */
  readonly step: string;
  /** In words. */
  readonly for: string;
  /** Epoch milliseconds from which it is worth asking again; absent when nobody knows. */
  readonly until?: number;
  /** What a person can do about it. */
  readonly next: readonly string[];
}

/** A run, as the journal knows it. */
export interface RunRow {
  readonly id: string;
  readonly plan: Plan;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  /** Grows each time that a process takes the run over. */
  readonly epoch: number;
  readonly status: RunStatus;
  readonly wait?: Wait;
  readonly exit?: number;
  /** Epoch milliseconds of the last change of status. */
  readonly changedAt: number;
}

/** A step, as the journal knows it. */
export interface StepRow {
  /** Unique in its run. */
  readonly id: string;
  /** Digest of call and input: a replay that asks for something else is refused. */
  readonly digest: string;
  readonly effect: Effect | "time" | "wait";
  /** `intent`: about to be done, or done by a process that died. `unknown`: nobody can say. */
  readonly state: "intent" | "done" | "unknown" | "waiting";
  readonly attempt: number;
  readonly epoch: number;
  /** How it ended, once it did. */
  readonly outcome?: Outcome<unknown>;
  /** For a guarded step: how many attempts broke. Those that were interrupted did not. */
  readonly broke?: number;
  /** Code of the error with which the last attempt broke. */
  readonly code?: string;
  /** Epoch milliseconds before which the next attempt must not begin. */
  readonly dueMs?: number;
  /** Why the last attempt broke, or why nobody can say. */
  readonly why?: string;
}

/** An event with its place in the journal. */
export interface StoredEvent {
  /** Grows over all runs; a reader goes on from the last one it has seen. */
  readonly position: number;
  readonly run: string;
  /** From 1 without gaps, in its run. */
  readonly seq: number;
  readonly event: TowpathEvent;
  readonly sha: string;
}

/** What is written in one transaction: all of it, or nothing. */
export interface Change {
  /** The writer's claim on a run; refused with TP6107 when somebody took the run over since. */
  readonly fence?: { readonly run: string; readonly epoch: number };
  readonly begin?: RunRow;
  readonly update?: { readonly run: string } & Partial<
    Pick<RunRow, "status" | "epoch" | "exit" | "changedAt">
  > & {
      /** `null` takes the wait away. */
      readonly wait?: Wait | null;
    };
  readonly steps?: readonly { readonly run: string; readonly step: StepRow }[];
  readonly evidence?: readonly GateResult[];
  readonly facts?: readonly { readonly component: string; readonly fact: Fact }[];
  readonly messages?: readonly { readonly component: string; readonly message: Message }[];
  readonly events?: readonly { readonly run: string; readonly event: TowpathEvent }[];
  readonly samples?: readonly Sample[];
}

/** Which runs are wanted. */
export interface RunQuery {
  readonly component?: string;
  /** Only those that are neither closed nor superseded. */
  readonly open?: boolean;
  /** @default all */
  readonly limit?: number;
}

/**
 * The memory of a project: facts are only ever added, and what belongs together is written together. All calls are
 * synchronous, so that nothing can come between the parts of a change.
 */
export interface Journal {
  /** @throws {TowpathError} TP6102 when it cannot be written, TP6109 when the disk is full, TP6107 behind a fence */
  commit(change: Change): void;
  run(id: string): RunRow | undefined;
  /** Newest first. */
  runs(query?: RunQuery): readonly RunRow[];
  steps(run: string): readonly StepRow[];
  /** In the order of the journal. @param after position of the last event that the reader has seen @default 0 */
  events(query: {
    readonly run?: string;
    readonly after?: number;
    readonly limit?: number;
  }): readonly StoredEvent[];
  /** Why the chain of a run's events is not whole, or `undefined`. */
  brokenEvents(run: string): string | undefined;
  /** All results of a component, in a chain. */
  evidence(component: string): EvidenceLog;
  /** The last result of a gate, whose own digest fits; for reuse and display. A decision reads the whole chain. */
  latest(component: string, gate: string): { readonly result: GateResult; readonly run: string } | undefined;
  facts(component: string): Log;
  /** @param run only those of a run */
  messages(component: string, run?: string): readonly Message[];
  samples(component: string, query: SampleQuery): readonly Sample[];
  /** Asks a breaker for a call, across processes: of several that ask a half-open one, one is let through. */
  allow(breaker: string, now: number): boolean;
  /** Tells a breaker how an allowed call ended. */
  settle(breaker: string, success: boolean, now: number): void;
  /** Position up to which a sink has taken the events. */
  cursor(sink: string): number;
  advance(sink: string, position: number): void;
  /** Removes runs, their steps and events; evidence, facts and sessions stay. */
  prune(runs: readonly string[]): void;
  close(): void;
}
