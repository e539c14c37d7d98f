import { EventEmitter } from "eventemitter3";
import type { ExecStatus } from "./exec.ts";
import { deepFreeze } from "./freeze.ts";
import type { RunStatus } from "./journal.ts";
import type { RunKind } from "./plan.ts";
import type { AgentRound, StageReport } from "./report.ts";
import type { Environment, Sabotage } from "./deployer.ts";
import type { GateResult } from "./result.ts";
import type { StageName, Target } from "./stages.ts";

/** Every event by name. A sink sees these and nothing else. */
export interface Events {
  "run:start": {
    readonly kind: RunKind;
    readonly components: readonly string[];
    readonly target: Target;
    readonly stages: readonly string[];
    /** The trace of whoever started this process (W3C Trace Context), if there is one. */
    readonly traceparent?: string;
  };
  "stage:start": { readonly stage: StageName | "check"; readonly gates: readonly string[] };
  "stage:end": {
    readonly stage: StageName | "check";
    readonly status: StageReport["status"];
    readonly reason?: string;
    readonly durationMs: number;
  };
  "gate:start": { readonly gate: string; readonly components: readonly string[]; readonly attempt: number };
  "gate:end": { readonly gate: string; readonly result: GateResult };
  retry: {
    readonly gate: string;
    readonly attempt: number;
    readonly delayMs: number;
    readonly reason: string;
  };
  /** Something was done to an environment, or with a release on its way there. */
  release: {
    readonly environment: Environment;
    readonly step: "build" | "apply" | "verify" | "rollback" | "alert";
    /** Digest of the release; absent while there is none. */
    readonly digest?: string;
    /** For a drill: the failure that was planted. */
    readonly sabotage?: Sabotage;
    readonly ok: boolean;
    readonly detail: string;
    readonly durationMs: number;
  };
  /** What there is to do was written down. */
  plan: { readonly component: string; readonly tasks: number; readonly hits: number };
  /** Tests were made from the specification. */
  tests: {
    readonly component: string;
    readonly generated: number;
    readonly vacuous: number;
    readonly red: number;
    readonly files: readonly string[];
  };
  "agent:start": { readonly agent: string; readonly component: string; readonly round: number };
  "agent:end": {
    readonly agent: string;
    readonly component: string;
    readonly round: number;
    readonly state: AgentRound["state"];
    readonly files: readonly string[];
    /** Why it was refused, broke or was idle. */
    readonly reason?: string;
    readonly durationMs: number;
  };
  fix: { readonly gate: string; readonly component: string; readonly files: readonly string[] };
  /** A process of a tool ended. */
  tool: {
    readonly gate: string;
    readonly component: string;
    /** As in `ToolCall`. */
    readonly call: string;
    /** The program's name without its folder. */
    readonly program: string;
    readonly status: ExecStatus;
    readonly code?: number;
    readonly durationMs: number;
  };
  log: { readonly gate: string; readonly line: string };
  warning: { readonly message: string; readonly code?: string };
  "run:end": { readonly exit: number; readonly status: RunStatus; readonly durationMs: number };
}

/** What every payload carries besides its own fields. */
export interface Stamp {
  /** Position of the event in what this process tells of its run, from 1 without gaps. Across processes the journal counts. */
  readonly seq: number;
  /** ISO time. */
  readonly at: string;
  readonly run: string;
}

/** An event of one kind, with its stamp. */
export type EventOf<K extends keyof Events> = { readonly type: K } & Events[K] & Stamp;

/** An event as listeners and the NDJSON reporter get it. */
export type TowpathEvent = { [K in keyof Events]: EventOf<K> }[keyof Events];

/** Sends events. Only core holds one; plugins get `on`. */
export interface Bus {
  emit<K extends keyof Events>(type: K, payload: Events[K]): void;
  /** Listens to events of one kind; returns a function that stops listening. */
  on<K extends keyof Events>(type: K, listener: (event: EventOf<K>) => void | Promise<void>): () => void;
  /** Listens to every event. */
  onAny(listener: (event: TowpathEvent) => void | Promise<void>): () => void;
  /** Names the run whose events follow and starts counting at 1. */
  begin(run: string): void;
}

/** No event has this name, so listeners to everything cannot clash with one kind. */
const anyEvent = "*";

/**
 * Makes a bus whose listeners cannot disturb the run: payloads are frozen, and a listener that throws or rejects
 * becomes a `warning` event, unless it listened to a warning.
 * @param now clock in epoch milliseconds
 */
export function createBus(now: () => number): Bus {
  const emitter = new EventEmitter();
  let seq = 0;
  let run = "";

  const listen = <E extends { readonly type: string }>(
    name: string,
    listener: (event: E) => void | Promise<void>,
  ): (() => void) => {
    const safe = async (event: E): Promise<void> => {
      try {
        await listener(event);
      } catch (error) {
        if (event.type === "warning") return;
        const reason = error instanceof Error ? error.message : String(error);
        bus.emit("warning", { message: `a listener of ${event.type} failed: ${reason}`, code: "TP1301" });
      }
    };
    emitter.on(name, safe);
    return () => void emitter.off(name, safe);
  };

  const bus: Bus = {
    emit(type, payload) {
      seq += 1;
      const event = deepFreeze({ type, seq, at: new Date(now()).toISOString(), run, ...payload });
      // In this order: a listener that fails at once emits a warning, which must not overtake the event.
      emitter.emit(anyEvent, event);
      emitter.emit(type, event);
    },
    on: listen,
    onAny: (listener) => listen(anyEvent, listener),
    begin(id) {
      run = id;
      seq = 0;
    },
  };
  return bus;
}
