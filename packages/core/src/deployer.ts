import type { Component } from "./gate.ts";
import type { Exec } from "./exec.ts";
import type { Clock } from "./host.ts";
import type { Release } from "./release.ts";

/** Where releases run. */
export type Environment = "staging" | "production";

/** The environments, in the order in which a release reaches them. */
export const environments: readonly Environment[] = ["staging", "production"];

/** A failure that a drill plants into a release. */
export type Sabotage = "health-500" | "slow-start" | "crash-after-requests" | "wrong-digest";

/** What a deployer gets to look at its target. */
export interface TargetContext {
  readonly environment: Environment;
  readonly component: Component;
  /** The run on whose behalf it acts. */
  readonly run: string;
  /** Absolute real path of the repository root. */
  readonly root: string;
  /** Absolute path of a fresh, empty folder for temporary files. */
  readonly outDir: string;
  readonly exec: Exec;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** Aborted at the time limit alone: what was begun at a target is finished, also when the run is cancelled. */
  readonly signal: AbortSignal;
  log(line: string): void;
}

/** What a deployer gets to change its target. */
export interface DeployContext extends TargetContext {
  readonly release: Release;
  /** Names the effect: the same in every attempt, and left in the target by the effect itself. sha256, hexadecimal. */
  readonly key: string;
  /** Grows with every owner of the run; a target refuses a lower one than it has seen. */
  readonly epoch: number;
  /** From 1. */
  readonly attempt: number;
  /** For a drill: the failure that the release must have. */
  readonly sabotage?: Sabotage;
}

/** A guarded effect at a target. */
export type DeployAction = "apply" | "rollback";

/** How a deploy ended. A target that broke is a `Breakage`, not a result. */
export type DeployResult =
  | {
      /** The target runs the release; whether it is any good `verify` says. */
      readonly state: "deployed";
      /** Where the release answers, e.g. `http://127.0.0.1:8101`. */
      readonly url?: string;
    }
  | {
      /** The release was no good before it took the place of what runs; the target is what it was. */
      readonly state: "refused";
      readonly reason: string;
    };

/** How a rollback ended. */
export interface RollbackResult {
  /** Digest that the target runs now; `undefined` when there was no verified release, so that it runs nothing. */
  readonly current: string | undefined;
  readonly url?: string;
}

/** Whether a release in its place is good. */
export type Watch =
  | { readonly healthy: true; readonly detail: string; readonly url?: string }
  | { readonly healthy: false; readonly reason: string };

/** What a target says of an effect. */
export type ProbeAnswer<R> =
  | { readonly state: "applied"; readonly result: R }
  | { readonly state: "absent" }
  | { readonly state: "unknown"; readonly why: string };

/** What a target runs. */
export interface TargetStatus {
  /** Digest of the release that it runs. */
  readonly current: string | undefined;
  /** Digests that stood their watch there, the last one last. */
  readonly verified: readonly string[];
  /** Digests that were found bad there. */
  readonly rejected: readonly string[];
  readonly url?: string;
}

/**
 * Brings releases to one environment. `apply` and `rollback` are guarded: the engine writes down that it is about to
 * call them, and asks `probe` before it calls them again.
 */
export interface Deployer {
  /** e.g. `release`, `kubectl` */
  readonly name: string;
  /** Limit of one call in milliseconds, `verify` included. @default 600000 */
  readonly timeoutMs?: number;
  /** Whether a release can be taken back. Production refuses a deployer that cannot. */
  readonly reversible: boolean;
  /** The failures that `apply` can plant for a drill. @default none */
  readonly sabotages?: readonly Sabotage[];
  /** What would be done, in sentences and argv, without doing it. Reads only. */
  plan(ctx: TargetContext): Promise<readonly string[]>;
  /** What the target runs. Reads only, and asks the target. */
  status(ctx: TargetContext): Promise<TargetStatus>;
  /** Whether the effect of this key was done. Reads only, asks the target, and answers within the limit. */
  probe<A extends DeployAction>(
    ctx: DeployContext,
    action: A,
  ): Promise<ProbeAnswer<A extends "apply" ? DeployResult : RollbackResult>>;
  /**
   * Puts the release in place, and leaves key, epoch and digest in the target together with the effect.
   * @throws {Breakage} when the target or a tool broke; then nobody knows, and `probe` is asked
   */
  apply(ctx: DeployContext): Promise<DeployResult>;
  /** Watches the release in its place: healthy, of this digest, for as long as it must bake. Changes nothing. */
  verify(ctx: DeployContext): Promise<Watch>;
  /** Marks the release as verified: the one to go back to. May be called again. */
  confirm(ctx: DeployContext): Promise<void>;
  /**
   * Takes the release back: marks it as bad and brings back the last verified one.
   * @throws {Breakage} when the target or a tool broke
   */
  rollback(ctx: DeployContext): Promise<RollbackResult>;
}
