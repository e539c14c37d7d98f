import type { ErrorKind } from "./breakage.ts";
import type { Finding, Measurement } from "./finding.ts";
import type { Category, ToolInfo, Waiting } from "./gate.ts";
import type { Basis } from "./gate-environment.ts";
import type { Target } from "./stages.ts";
import type { Verdict } from "./verdict.ts";

/** What a result was measured on; it counts for nothing else. */
export interface Inputs {
  /** Digest of the component's source, tests and specification. */
  readonly tree: string;
  /** Digest of the tool's configuration files. */
  readonly config: string;
  /** Digest of target, plugin, version and options. */
  readonly policy: string;
  /** Digest of tools and installed packages, and for a gate about the deployment of the release. */
  readonly environment: string;
}

/** Where a result that was not measured anew comes from. */
export interface Cached {
  readonly run: string;
}

/** Why a result is `errored`. */
export interface ResultError {
  readonly kind: ErrorKind;
  readonly message: string;
  readonly why: string;
  readonly fix: readonly string[];
  readonly where: readonly string[];
}

/** How a gate ended for one component. A versioned contract: it is stored and read by other programs. */
export interface GateResult {
  readonly schemaVersion: 1;
  readonly gate: string;
  /** Package that registered the gate. */
  readonly plugin: string;
  readonly category: Category;
  readonly component: string;
  readonly target: Target;
  readonly verdict: Verdict;
  /** Code of the catalogue that explains a verdict other than `passed`. */
  readonly code?: string;
  /** Whether the target needs this gate. */
  readonly required: boolean;
  readonly candidates: number;
  readonly checked: number;
  readonly findings: readonly Finding[];
  readonly measurements: readonly Measurement[];
  readonly warnings: readonly string[];
  readonly notes: readonly string[];
  readonly tool?: ToolInfo;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly error?: ResultError;
  /** For `inconclusive`: what it waits for. */
  readonly waiting?: Waiting;
  /** Set when an earlier run measured it on the same inputs. */
  readonly cached?: Cached;
  /** Why it was measured and not reused: `the tree has changed since run …`. */
  readonly because?: string;
  /** For `skipped` and `waived`: why. */
  readonly reason?: string;
  /** The verdict before a hook changed it. */
  readonly original?: Verdict;
  readonly inputs: Inputs;
  /** In the journal alone: what `inputs` were made of, where it can be looked at again without the gate. */
  readonly basis?: Basis;
  /** ISO time at which the last attempt began. */
  readonly startedAt: string;
  /** Duration of the last attempt in milliseconds. */
  readonly durationMs: number;
  /** Attempts so far, the first included. */
  readonly attempts: number;
}
