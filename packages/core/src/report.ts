import type { Decision } from "./decide.ts";
import type { Plan } from "./plan.ts";
import type { FixResult } from "./gate.ts";
import type { GateResult } from "./result.ts";
import type { Session } from "./session.ts";
import type { StageName } from "./stages.ts";

/** How a stage ended. */
export interface StageReport {
  readonly stage: StageName | "check";
  readonly status: "passed" | "stopped" | "skipped";
  /** Why it was skipped or stopped before its gates. */
  readonly reason?: string;
  readonly results: readonly GateResult[];
  readonly decision?: Decision;
  readonly fixes: readonly (FixResult & { readonly gate: string; readonly component: string })[];
  readonly durationMs: number;
}

/** What a stage's work came to. */
export interface StageWork {
  readonly fixes: StageReport["fixes"];
  /** Whether the components are no longer what they were: the evidence of the stages before is then void. */
  readonly changed: boolean;
}

/** What the pipeline returns: how far the component came. */
export interface PipelineResult {
  readonly exit: number;
  readonly stages: readonly StageReport[];
}

/** Everything about a run. A versioned contract: stored as `result.json`. */
export interface RunReport {
  readonly schemaVersion: 1;
  readonly run: string;
  readonly towpath: string;
  readonly plan: Plan;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly exit: number;
  readonly stages: readonly StageReport[];
  readonly sessions: readonly Session[];
  readonly warnings: readonly { readonly message: string; readonly code?: string }[];
}
