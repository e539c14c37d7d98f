import type { Backoff } from "./retry.ts";

/** How mature a component is meant to become. `dev` runs four stages, `staging` five, `production` all six. */
export type Target = "dev" | "staging" | "production";

/** One of the six steps from specification to production. */
export type StageName =
  | "specification"
  | "implementation"
  | "testing"
  | "refactoring"
  | "staging"
  | "production";

/** The targets, from the lowest maturity to the highest. */
export const targets: readonly Target[] = ["dev", "staging", "production"];

/** One row of the stage table. */
export interface Stage {
  readonly name: StageName;
  /** The lowest target that runs this stage. */
  readonly from: Target;
  /** Importance (0 to 1) of the session message that records this stage. */
  readonly importance: number;
  /** How often breakage is tried again at this stage; a finding never is. */
  readonly retry: Backoff;
  /** Whether safe automatic fixes may change the source at this stage. */
  readonly fixes: boolean;
  /** Whether the configured agent may work at this stage. */
  readonly agent: boolean;
}

const once: Backoff = { max: 0, baseMs: 0, factor: 1, capMs: 0 };

/**
 * The six stages in the order in which they run. A new step of the pipeline is a new row here.
 * Retry figures are those of the product's founding design.
 */
export const stages: readonly Stage[] = [
  { name: "specification", from: "dev", importance: 1, retry: once, fixes: false, agent: false },
  { name: "implementation", from: "dev", importance: 1, retry: once, fixes: false, agent: true },
  {
    name: "testing",
    from: "dev",
    importance: 0.9,
    retry: { max: 3, baseMs: 1_000, factor: 2, capMs: 10_000 },
    fixes: false,
    agent: true,
  },
  {
    name: "refactoring",
    from: "dev",
    importance: 0.7,
    retry: { max: 3, baseMs: 1_000, factor: 2, capMs: 10_000 },
    fixes: true,
    agent: true,
  },
  {
    name: "staging",
    from: "staging",
    importance: 0.9,
    retry: { max: 5, baseMs: 2_000, factor: 2, capMs: 30_000 },
    fixes: false,
    agent: false,
  },
  {
    name: "production",
    from: "production",
    importance: 1,
    retry: { max: 3, baseMs: 5_000, factor: 1.5, capMs: 60_000 },
    fixes: false,
    agent: false,
  },
];

/**
 * The stages that a run for `target` goes through, in order.
 * @example stagesFor("dev").map((s) => s.name) // specification … refactoring
 */
export function stagesFor(target: Target): readonly Stage[] {
  return stages.filter((stage) => targets.indexOf(stage.from) <= targets.indexOf(target));
}
