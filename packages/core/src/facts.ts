import type { Release } from "./release.ts";
import type { Environment } from "./deployer.ts";
import type { StageName } from "./stages.ts";

/** What happened to a component outside of a gate. Kept for ever, in a chain of its own. */
export type Fact = ReleaseFact | DeploymentFact | AttestationFact | DrillFact | RedFact | RoundFact;

interface Stamped {
  /** ISO time at which it was written down. */
  readonly at: string;
  /** The run that wrote it, if one did. */
  readonly run?: string;
}

/** An artifact was built. */
export interface ReleaseFact extends Stamped {
  readonly kind: "release";
  readonly release: Release;
  /** Digest of all that it was built from: tree, the Python code and settings around it, builder and its options. */
  readonly basis: string;
}

/** Something was done to an environment. */
export interface DeploymentFact extends Stamped {
  readonly kind: "deployment";
  readonly environment: Environment;
  /** Digest of the release that it is about. */
  readonly digest: string;
  /**
   * `deployed`: switched to, not yet watched. `verified`: it stood its watch. `refused`: it never took the place of what
   * ran before. `rolled-back`: it did, and was taken back. Refused and rolled back digests are not deployed again.
   * `gone`: it no longer runs, through no fault of its own.
   */
  readonly state: "deployed" | "verified" | "refused" | "rolled-back" | "gone";
  /** Digest of what the environment runs from now on; absent when it runs nothing. */
  readonly current?: string;
  /** Where the release answers. */
  readonly url?: string;
  /** Why it was refused or rolled back. */
  readonly reason?: string;
}

/** A person vouched for something that no gate can measure. */
export interface AttestationFact extends Stamped {
  readonly kind: "attestation";
  /** e.g. `security-review` */
  readonly criterion: string;
  /** Digest of the component's tree that was looked at; it counts for no other. */
  readonly tree: string;
  /** Who vouches. */
  readonly by: string;
  /** ISO time from which it no longer counts. */
  readonly expires: string;
  readonly note?: string;
}

/** A failure was staged on purpose, to see whether the promised answer comes. */
export interface DrillFact extends Stamped {
  readonly kind: "drill";
  readonly drill: "rollback" | "monitoring";
  readonly environment: Environment;
  /** Digest of the release that the environment ran before and after. */
  readonly digest: string;
  readonly scenarios: readonly DrillScenario[];
}

/** One staged failure. */
export interface DrillScenario {
  /** e.g. `health-500` */
  readonly name: string;
  /** Whether the promised answer came in time. */
  readonly passed: boolean;
  readonly detail: string;
  readonly tookMs: number;
  /** In milliseconds; slower is not passed. */
  readonly limitMs: number;
}

/** Generated tests failed: what passes later could fail. */
export interface RedFact extends Stamped {
  readonly kind: "red";
  readonly generator: string;
  /** Ids as in `GeneratedTest`, without parameters. */
  readonly tests: readonly string[];
  /** Digest of the component's tree that they failed on. */
  readonly tree: string;
}

/** An agent worked on a component for one round. */
export interface RoundFact extends Stamped {
  readonly kind: "round";
  readonly agent: string;
  readonly stage: StageName;
  readonly round: number;
  readonly state: "done" | "refused" | "broke";
  /** Digests of the component's tree before and after it. */
  readonly before: string;
  readonly after: string;
  readonly files: readonly string[];
  /** Why it was refused or broke. */
  readonly reason?: string;
}

/** What an environment runs, as the facts say. */
export interface Deployment {
  readonly environment: Environment;
  readonly digest: string;
  readonly url?: string;
  /** Whether it stood its watch. */
  readonly verified: boolean;
  /** ISO time of the switch to this digest. */
  readonly since: string;
}

/**
 * What an environment runs, from the facts in their order.
 * @example deploymentIn(facts, "staging")?.url
 */
export function deploymentIn(facts: readonly Fact[], environment: Environment): Deployment | undefined {
  let found: Deployment | undefined;
  const known = new Map<string, Deployment>();
  for (const fact of facts) {
    if (fact.kind !== "deployment" || fact.environment !== environment) continue;
    if (fact.current === undefined) {
      found = undefined;
      continue;
    }
    const before = found?.digest === fact.current ? found : known.get(fact.current);
    const own = fact.digest === fact.current;
    const url = (own ? fact.url : undefined) ?? before?.url;
    found = {
      environment,
      digest: fact.current,
      ...(url === undefined ? {} : { url }),
      verified: own ? fact.state === "verified" : (before?.verified ?? false),
      since: found?.digest === fact.current && fact.state !== "deployed" ? found.since : fact.at,
    };
    known.set(fact.current, found);
  }
  return found;
}

/** Why a digest must not be deployed to an environment again, or `undefined`. */
export function rejectionOf(
  facts: readonly Fact[],
  environment: Environment,
  digest: string,
): string | undefined {
  const last = facts.findLast(
    (fact): fact is DeploymentFact =>
      fact.kind === "deployment" && fact.environment === environment && fact.digest === digest,
  );
  if (last?.state !== "refused" && last?.state !== "rolled-back") return undefined;
  return last.reason ?? last.state;
}
