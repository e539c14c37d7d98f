import type { GateContext } from "./gate.ts";
import type { GateResult } from "./result.ts";
import type { Brief } from "./session.ts";
import type { StageName } from "./stages.ts";
import type { WorkPlan } from "./work-plan.ts";

/** What an agent is asked to do in one round. */
export interface Assignment {
  readonly stage: StageName;
  /** From 1. */
  readonly round: number;
  /** Absent when the component has no specification. */
  readonly plan?: WorkPlan;
  /** What the session remembers, within the agent's budget. */
  readonly brief: Brief;
  /** Results that stand in the way; empty in a first round. */
  readonly failures: readonly GateResult[];
  /** Files that the agent must not change though they lie in the component's paths: POSIX, relative to the root. */
  readonly readOnly: readonly string[];
  /**
   * Existing tests that the agent may change all the same, as they were made for it to complete: POSIX, relative to the
   * root. `readOnly` counts for more.
   */
  readonly open: readonly string[];
}

/** Something that an agent did and may not. */
export interface Violation {
  /** `outside`, `read-only`, `suppression`, `configuration`, `budget`, … */
  readonly rule: string;
  /** POSIX path relative to the repository root, where there is one. */
  readonly path?: string;
  readonly line?: number;
  readonly detail: string;
}

/** What came of a round. When it is `refused`, nothing of it was applied. */
export interface AgentOutcome {
  readonly state: "done" | "refused";
  /** What it changed, relative to the repository root. */
  readonly files: readonly string[];
  /** Unified diff of the change; for a refused one, of what was not applied. */
  readonly patch: string;
  /** The agent's last words, cut; untrusted. */
  readonly summary: string;
  readonly violations: readonly Violation[];
  /** As far as the agent tells. */
  readonly usage?: { readonly tokens?: number; readonly cost?: number; readonly currency?: string };
}

/** Somebody who writes code: an agent behind a protocol, or a command. One for all stages. */
export interface Agent {
  readonly name: string;
  /** Most rounds in one stage. */
  readonly maxRounds: number;
  /** Tokens of the session that it is told. */
  readonly contextTokens: number;
  /**
   * Does one round. What it wrote where it may not is not applied.
   * @throws {Breakage} when the agent broke: it does not start, dies, does not answer, or takes too long
   */
  work(assignment: Assignment, ctx: GateContext): Promise<AgentOutcome>;
}
