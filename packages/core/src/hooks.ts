import {
  AsyncParallelHook,
  AsyncSeriesBailHook,
  AsyncSeriesHook,
  AsyncSeriesWaterfallHook,
  HookMap,
  type TypedHookMap,
} from "tapable";
import type { RawConfig } from "./config/types.ts";
import { guard, type GuardState, type Tappable } from "./guard.ts";
import type { Plan } from "./plan.ts";
import type { RunReport } from "./report.ts";
import type { GateResult } from "./result.ts";
import type { Session } from "./session.ts";
import { stages, type StageName, type Target } from "./stages.ts";
import type { Component } from "./gate.ts";

/** What a stage hook is told. */
export interface StageInfo {
  readonly stage: StageName;
  readonly component: Component;
  readonly target: Target;
  readonly run: string;
}

/** Stops or skips a stage before its work. */
export interface StageRefusal {
  readonly action: "skip" | "block";
  readonly reason: string;
}

/** A stage's work that failed. */
export interface StageFailure extends StageInfo {
  readonly message: string;
  readonly attempt: number;
}

/** Variables for a tool's environment. */
export type ToolEnv = Readonly<Record<string, string>>;

/** Which process is about to be started. How it ended is told in the event `tool` of the same `call`. */
export interface ToolCall {
  readonly run: string;
  /** The gate, producer, environment or agent for which it runs. */
  readonly gate: string;
  readonly component: string;
  /** 16 hexadecimal digits, unique. */
  readonly call: string;
}

/** Whose session is wanted. */
export interface SessionRequest {
  readonly component: string;
  readonly run: string;
}

type PerStage<H> = TypedHookMap<Record<StageName, H>>;

/** Hooks change the run: each call is awaited, ordered, may return a value, and its failure counts. */
export interface Hooks {
  /**
   * The configuration was read: return the one to use. Its plugins are loaded already, so a change of `plugins` has no
   * effect. A failure ends the run before it starts.
   */
  readonly configure: AsyncSeriesWaterfallHook<[RawConfig]>;
  /** The plan was made: return the one to use. */
  readonly plan: AsyncSeriesWaterfallHook<[Plan]>;
  /** Before a stage: the first answer wins; no answer lets it begin. */
  readonly stageEnter: PerStage<AsyncSeriesBailHook<[StageInfo], StageRefusal | void>>;
  /** The stage's work, one tap after the other. */
  readonly stage: PerStage<AsyncSeriesHook<[StageInfo]>>;
  /** Which gates stand at the stage's exit: return their names. */
  readonly gates: PerStage<AsyncSeriesWaterfallHook<[readonly string[]]>>;
  /** A gate ended: return the result, waived or enriched. Nothing but a waiver can improve a verdict. */
  readonly gateResult: AsyncSeriesWaterfallHook<[GateResult]>;
  /** A tool is about to be started: return the variables to add to its environment. */
  readonly toolEnv: AsyncSeriesWaterfallHook<[ToolEnv, ToolCall]>;
  /** A stage's work failed: the first answer wins; no answer aborts. */
  readonly failure: AsyncSeriesBailHook<[StageFailure], "retry" | "abort" | void>;
  /** A component's session is wanted: the first answer wins; no answer starts a new one. */
  readonly loadSession: AsyncSeriesBailHook<[SessionRequest], Session | void>;
  /** The session changed. Failures become warnings. */
  readonly saveSession: AsyncParallelHook<[Session]>;
  /** The run ended and its verdict stands. Failures become warnings. */
  readonly runEnd: AsyncParallelHook<[RunReport]>;
}

/** Makes the hooks of one kernel, each behind the guard. */
export function createHooks(state: GuardState): Hooks {
  const names = stages.map((stage) => stage.name);
  const perStage = <H extends Tappable>(name: string, make: (name: string) => H): PerStage<H> =>
    new HookMap((stage: string) => {
      if (!names.some((known) => known === stage)) throw new TypeError(`there is no stage ${stage}`);
      return guard(make(`${name}:${stage}`), state);
    });
  return {
    configure: guard(new AsyncSeriesWaterfallHook<[RawConfig]>(["config"], "configure"), state),
    plan: guard(new AsyncSeriesWaterfallHook<[Plan]>(["plan"], "plan"), state),
    stageEnter: perStage(
      "stageEnter",
      (name) => new AsyncSeriesBailHook<[StageInfo], StageRefusal | void>(["info"], name),
    ),
    stage: perStage("stage", (name) => new AsyncSeriesHook<[StageInfo]>(["info"], name)),
    gates: perStage("gates", (name) => new AsyncSeriesWaterfallHook<[readonly string[]]>(["gates"], name)),
    gateResult: guard(new AsyncSeriesWaterfallHook<[GateResult]>(["result"], "gateResult"), state),
    toolEnv: guard(new AsyncSeriesWaterfallHook<[ToolEnv, ToolCall]>(["env", "call"], "toolEnv"), state),
    failure: guard(
      new AsyncSeriesBailHook<[StageFailure], "retry" | "abort" | void>(["failure"], "failure"),
      state,
    ),
    loadSession: guard(
      new AsyncSeriesBailHook<[SessionRequest], Session | void>(["request"], "loadSession"),
      state,
    ),
    saveSession: guard(new AsyncParallelHook<[Session]>(["session"], "saveSession"), state, "collect"),
    runEnd: guard(new AsyncParallelHook<[RunReport]>(["report"], "runEnd"), state, "collect"),
  };
}
