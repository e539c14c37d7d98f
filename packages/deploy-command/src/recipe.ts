import type { TargetContext } from "@towpath/core";
import type { Argv } from "./options.ts";
import type { RunCommand } from "./run-command.ts";
import type { Memory, TargetState, Verified } from "./target-state.ts";

/** A change of a target, as it is about to be made. */
export interface Change {
  readonly environment: string;
  readonly component: string;
  /** Names the effect; left in the target by it. */
  readonly key: string;
  readonly run: string;
  readonly epoch: string;
  /** The release that is deployed, or taken back. */
  readonly release: { readonly digest: string; readonly file: string; readonly image?: string | undefined };
  /** What the target must run afterwards; `undefined` for none of ours. */
  readonly to: Verified | undefined;
  /** The release to go back to, if there is one. */
  readonly previous: Verified | undefined;
  /** What the target said before. */
  readonly state: TargetState;
  /** What is remembered from now on; a target that can remembers it together with the effect. */
  readonly memory: Memory;
  /** A folder for files that commands read. */
  readonly outDir: string;
  /** Runs commands that only ask. */
  readonly ask: RunCommand;
}

/** How one kind of target is asked and changed: commands, and what their words mean. */
export interface Recipe {
  readonly name: string;
  /** Names of variables that the tool needs from Towpath's environment. */
  readonly needs: readonly string[];
  /** Whether a rollback leaves its key in the target. Else it shows in what the target runs. */
  readonly rollbackLeavesKey: boolean;
  readonly reversible: boolean;
  /**
   * The image of a release, where the recipe has one of its own.
   * @param artifact text of the artifact, unless it is no short text
   * @throws {Breakage} when a release without an image cannot be deployed
   */
  imageOf(
    release: { readonly digest: string },
    place: Place,
    artifact: string | undefined,
  ): string | undefined;
  /** What the target says. @throws {Breakage} when it does not answer, or not clearly */
  read(ask: RunCommand, place: Place): Promise<TargetState>;
  /** The commands of a deploy, in their order. */
  apply(change: Change): Promise<readonly Argv[]>;
  /**
   * The commands that bring back `change.to`, in their order.
   * @throws {Breakage} when there is no way back
   */
  rollback(change: Change): Promise<readonly Argv[]>;
  /** The command that tells the target that the release stood its watch. */
  confirm(change: Change): Argv | undefined;
}

/** Where a component runs. */
export type Place = Pick<TargetContext, "environment"> & { readonly component: string };
