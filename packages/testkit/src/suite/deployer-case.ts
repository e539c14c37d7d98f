import type { Component, Deployer, Environment, Release } from "@towpath/core";
import type { Env } from "./gate-case.ts";

/** A part of the suite that a deployer can be let off, with a reason. */
export type DeployerPart = "refusal" | "harm" | "crashes";

/** A fresh target: nothing was ever deployed to it, and no other test uses it. */
export interface DeployerTarget {
  /** Absolute real path of a repository root of its own. */
  readonly root: string;
  /** What is left out: name `foo`, source `src/foo`, tests `tests`. */
  readonly component?: Partial<Component>;
  /** @default "staging" */
  readonly environment?: Environment;
  /** Where tools are found. @default this machine's PATH */
  readonly env?: Env;
  /** Makes the deployer for this target anew, so that it remembers nothing. */
  deployer(): Deployer;
  /**
   * Makes a release, the same one each time for a name; each name has a digest of its own.
   * @param kind `bad`: `apply` must refuse it
   */
  release(name: string, kind: "good" | "bad"): Promise<Release>;
  /** Digest of what really runs there, without asking the deployer; the suite judges by it. */
  runs(): Promise<string | undefined>;
  /** All that lies in the target, as plain data, to see that nothing changes it. */
  contents(): Promise<unknown>;
  /** Makes what runs unhealthy, from outside. */
  harm(): Promise<void>;
  /**
   * Node's argv for a program that makes the deployer for this target and hands it to `runDeployer`. It is killed in
   * the midst of its work. @default none: say so by `off.crashes`
   */
  readonly child?: readonly string[];
  /** Stops all that runs there. Called also when a promise was broken. */
  remove(): Promise<void>;
}

/** What a package hands to the conformance suite of its deployer. */
export interface DeployerSuiteOptions {
  /** The deployer's name, for the titles. */
  readonly name: string;
  /** Makes a fresh target. */
  readonly target: () => Promise<DeployerTarget>;
  /** Parts of the suite that are left out, each with the reason, which stands in the title of the tests. */
  readonly off?: Readonly<Partial<Record<DeployerPart, string>>>;
  /** At how many points of an `apply` and of a `rollback` the process is killed. @default 8 */
  readonly crashes?: number;
}
