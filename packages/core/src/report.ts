import type { AgentOutcome } from "./agent.ts";
import type { ErrorKind } from "./breakage.ts";
import type { Decision } from "./decide.ts";
import type { ErrorData } from "./errors.ts";
import type { Plan } from "./plan.ts";
import type { FixResult } from "./gate.ts";
import type { DrillScenario } from "./facts.ts";
import type { RunStatus, Wait } from "./journal.ts";
import type { Release } from "./release.ts";
import type { Cached, GateResult } from "./result.ts";
import type { Session } from "./session.ts";
import type { StageName } from "./stages.ts";
import type { GeneratedTests } from "./test-generator.ts";
import type { WorkPlan } from "./work-plan.ts";

/** How a stage ended. */
export interface StageReport {
  readonly stage: StageName | "check";
  /** `paused`: it waits, was cancelled, or an effect is in doubt; the run can be resumed. */
  readonly status: "passed" | "stopped" | "skipped" | "paused";
  /** Why it was skipped, stopped or paused, where its gates do not say it. */
  readonly reason?: string;
  /** Code of the catalogue that explains the reason. */
  readonly code?: string;
  /** What broke at the stage itself, in full; breakage of gates stands in their results. */
  readonly error?: ErrorData;
  readonly results: readonly GateResult[];
  readonly decision?: Decision;
  readonly fixes: readonly (FixResult & { readonly gate: string; readonly component: string })[];
  /** What there is to do, for each component with a specification. */
  readonly plans?: readonly WorkPlan[];
  /** Tests that were made from the specification. */
  readonly generated?: readonly (GeneratedTests & { readonly component: string })[];
  /** What the agent did, round by round. */
  readonly rounds?: readonly AgentRound[];
  /** What the stage deployed. */
  readonly release?: Release;
  readonly durationMs: number;
}

/** One round of the agent. */
export interface AgentRound extends Pick<
  AgentOutcome,
  "files" | "patch" | "summary" | "violations" | "usage"
> {
  readonly agent: string;
  readonly component: string;
  readonly round: number;
  /** `idle`: nothing has changed since it last said that it was done. */
  readonly state: "done" | "refused" | "broke" | "idle";
  /** Why it broke or was idle. */
  readonly reason?: string;
  /** How it broke. */
  readonly kind?: ErrorKind;
  /** What broke, in full. */
  readonly error?: ErrorData;
  /**
   * Whether the component is no longer what the gates of this run have seen, by this round or by one that was
   * interrupted and that nobody could write down.
   */
  readonly changed: boolean;
}

/** What a stage's work came to. */
export interface StageWork extends Pick<StageReport, "plans" | "generated"> {
  readonly fixes: StageReport["fixes"];
  /** Whether the components are no longer what they were: the evidence of the stages before is then void. */
  readonly changed: boolean;
}

/** What the pipeline returns: how far the component came. */
export interface PipelineResult {
  readonly exit: number;
  readonly stages: readonly StageReport[];
  /** For a drill: how each staged failure went. */
  readonly scenarios?: readonly DrillScenario[];
  /** For a drill or a rollback: what there is to say beside that. */
  readonly message?: string;
}

/** Everything about a run. A versioned contract: stored as `result.json`. */
export interface RunReport {
  readonly schemaVersion: 1;
  readonly run: string;
  readonly towpath: string;
  readonly plan: Plan;
  readonly startedAt: string;
  readonly durationMs: number;
  /** Set when every answer was on record already: nothing was measured, and `run` is that earlier run. */
  readonly cached?: Cached;
  readonly exit: number;
  /** `closed`: it came to its end. Anything else can be resumed. */
  readonly status: RunStatus;
  /** What it waits for. */
  readonly wait?: Wait;
  readonly stages: readonly StageReport[];
  readonly scenarios?: readonly DrillScenario[];
  readonly message?: string;
  readonly sessions: readonly Session[];
  readonly warnings: readonly { readonly message: string; readonly code?: string }[];
}
