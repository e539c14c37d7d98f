import type { Environment } from "./deployer.ts";
import type { Fact } from "./facts.ts";

/** One probe of a deployed release. */
export interface Sample {
  readonly component: string;
  readonly environment: Environment;
  /** Digest of the release that was meant to answer. */
  readonly digest: string;
  /** Epoch milliseconds at which it was due. */
  readonly t: number;
  /** `unknown`: nobody can say, e.g. because the prober slept or the clock jumped. It never counts as up. */
  readonly state: "up" | "down" | "unknown";
  /** Time to the answer in milliseconds. */
  readonly ms?: number;
  /** What was seen, in a word or two. */
  readonly detail?: string;
}

/** Which samples are wanted. */
export interface SampleQuery {
  readonly environment: Environment;
  readonly digest: string;
  /** Epoch milliseconds, inclusive. @default all */
  readonly from?: number;
}

/** What is on record about a component. Read only. */
export interface Records {
  /**
   * The facts, oldest first.
   * @throws {Breakage} `mismatch` when their chain is not whole
   */
  facts(): Promise<readonly Fact[]>;
  /** The probes of a release, oldest first; of several at one time the last one written. */
  samples(query: SampleQuery): Promise<readonly Sample[]>;
}

/** Records of nothing. */
export const noRecords: Records = { facts: async () => [], samples: async () => [] };
