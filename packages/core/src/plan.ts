import type { Environment, Sabotage } from "./deployer.ts";
import type { Threshold } from "./finding.ts";
import type { Category, Component } from "./gate.ts";
import type { Backoff } from "./retry.ts";
import type { StageName, Target } from "./stages.ts";

/** A gate as the plan fixes it for the run. */
export interface PlannedGate {
  readonly name: string;
  readonly plugin: string;
  /** Digest of the plugin's name, version and options. */
  readonly policy: string;
  readonly category: Category;
  /** Names of the components that it checks. */
  readonly components: readonly string[];
  /** Whether the target needs it; an optional gate is measured and never blocks. */
  readonly required: boolean;
  readonly executesCode: boolean;
  /** Whether it looks at what its own stage deploys, and so is asked after that. */
  readonly afterDeploy: boolean;
  readonly timeoutMs: number;
  readonly thresholds: readonly Threshold[];
}

/** A gate that is left out for a component. */
export interface LeftOut {
  readonly gate: string;
  readonly component: string;
  readonly reason: string;
}

/** The agent of a stage. */
export interface PlannedAgent {
  readonly name: string;
  readonly plugin: string;
  readonly maxRounds: number;
}

/** A stage as the plan fixes it. A bare check is one stage without work, named `check`. */
export interface PlannedStage {
  readonly name: StageName | "check";
  readonly gates: readonly PlannedGate[];
  readonly retry: Backoff;
  /** Reason from the configuration for which the stage is left out. */
  readonly skip?: string;
  /** The environment that this stage deploys to. */
  readonly deploy?: Environment;
  /** Reason from the configuration for which the stage deploys nothing. */
  readonly noDeploy?: string;
  /** Who writes code at this stage, where somebody does. */
  readonly agent?: PlannedAgent;
  /** Nothing of the stage is done: its gates count by what is stored about them. */
  readonly stored?: boolean;
}

/** What a drill or a rollback is about. */
export interface PlannedDrill {
  readonly drill: "rollback" | "monitoring";
  readonly environment: Environment;
  readonly sabotages: readonly Sabotage[];
  /** In milliseconds; an answer that comes later is no answer. */
  readonly limitMs: number;
}

/** What is done: the stages of a target, gates alone, a staged failure, or going back. */
export type RunKind = "run" | "check" | "drill" | "rollback";

/** What will happen, as data: made before anything runs and fixed for the run. */
export interface Plan {
  readonly schemaVersion: 1;
  readonly kind: RunKind;
  readonly target: Target;
  readonly components: readonly Component[];
  readonly stages: readonly PlannedStage[];
  readonly plugins: readonly { readonly name: string; readonly version?: string }[];
  /** The configuration file, relative to the repository root. */
  readonly configFile?: string;
  readonly trusted: boolean;
  /**
   * Digest of all that the plan was made of. Where it is the same, so is the plan: no plugin must be loaded to know it.
   * Absent where nobody can say, as with plugins that do not come with the program.
   */
  readonly question?: string;
  /** What a check of everything does not ask, and why. */
  readonly leftOut: readonly LeftOut[];
  /** Whether safe fixes are applied before the gates of a stage that allows them. */
  readonly fix: boolean;
  /** Whether a stored result on the same inputs may stand for a new one. */
  readonly reuse: boolean;
  /** Age in milliseconds past which evidence no longer counts. */
  readonly maxAgeMs: number;
  /** For a drill. */
  readonly drill?: PlannedDrill;
  /** For a rollback: where. */
  readonly rollback?: { readonly environment: Environment; readonly reason: string };
}
