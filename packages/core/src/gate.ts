import type { ArtifactKey, Artifacts } from "./artifacts.ts";
import type { Breakage } from "./breakage.ts";
import type { Exec } from "./exec.ts";
import type { Finding, Measurement, Threshold } from "./finding.ts";
import type { GateEnvironment } from "./gate-environment.ts";
import type { Records } from "./records.ts";
import type { Deployment } from "./facts.ts";
import type { StageName, Target } from "./stages.ts";
import type { Workspace } from "./workspace.ts";

/** The field a gate belongs to. */
export type Category =
  | "testing"
  | "code-quality"
  | "security"
  | "performance"
  | "documentation"
  | "specification"
  | "operations";

/** A unit with a name, source paths and test paths. All paths are POSIX and relative to the repository root. */
export interface Component {
  /** `^[a-z][a-z0-9_-]{0,63}$` */
  readonly name: string;
  readonly source: readonly string[];
  readonly tests: readonly string[];
  /** The Markdown file that says what the component must do. */
  readonly spec?: string;
  /** Absolute path of the component's Python interpreter, if the config names one. */
  readonly python?: string;
}

/** The tool that made a result. */
export interface ToolInfo {
  readonly name: string;
  readonly version: string;
  /** `native`, `wasm`, … where the same rules run on different engines. @default "native" */
  readonly engine?: string;
  /** Program that was run; absent for an engine inside this process. */
  readonly path?: string;
  /** Which step of the look-up found it: `option`, `environment`, `venv`, `path`, `embedded`, … */
  readonly via: string;
}

/** What a gate saw. Findings are data; throw `Breakage` only when the gate could not decide. */
export interface Evidence {
  /** How many things should have been looked at. */
  readonly candidates: number;
  /** How many things were looked at. Zero can never pass. */
  readonly checked: number;
  readonly findings: readonly Finding[];
  /** At least one: the figures that decide. */
  readonly measurements: readonly Measurement[];
  readonly tool: ToolInfo;
  /**
   * What must still happen before there can be an answer: the verdict is `inconclusive`, whatever the figures say so
   * far, unless a finding of level `error` settles it already.
   */
  readonly waiting?: Waiting;
  /** What a reader should know and that lowers `passed` to `warned`. */
  readonly warnings?: readonly string[];
  /** What a reader should know and that changes nothing. */
  readonly notes?: readonly string[];
  /** The gate's own data for other programs; JSON only. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** What a gate waits for. */
export interface Waiting {
  /** In words: `the soak of 7 days`, `an attestation of security-review`. */
  readonly for: string;
  /** Earliest time in epoch milliseconds at which asking again can help; absent when nobody knows. */
  readonly until?: number;
  /** What a person can do about it, as commands to paste. */
  readonly next?: readonly string[];
}

/** What a gate gets. Read-only. */
export interface GateContext {
  readonly component: Component;
  readonly target: Target;
  readonly workspace: Workspace;
  /** Absolute path of a fresh, empty folder for the outputs of this call. */
  readonly outDir: string;
  readonly artifacts: Artifacts;
  readonly exec: Exec;
  /** The environment that tool look-up may read; tools themselves get an allow-listed copy. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What is on record about the component: facts, samples of probes. */
  readonly records: Records;
  /** For a gate whose subject is the deployment: what staging runs. */
  readonly deployment?: Deployment;
  /** Epoch milliseconds. */
  now(): number;
  /** Digest of the component's source, tests and specification, as they are now. */
  tree(): Promise<string>;
  /** Aborted at the gate's time limit and when the run is cancelled. */
  readonly signal: AbortSignal;
  /** False when code of the checked tree must not be run (a pull request of a stranger). */
  readonly trusted: boolean;
  /** Writes a line to the run's log. */
  log(line: string): void;
}

/** How a check loads the machine: `heavy` is started first, `network` mostly waits and begins at once. @default "light" */
export type Cost = "light" | "heavy" | "network";

/** A check that ends in one `GateResult`. */
export interface Gate {
  /** `^[a-z][a-z0-9_-]{0,63}$`, unique in a run. */
  readonly name: string;
  readonly category: Category;
  readonly stages: readonly StageName[];
  /** Code of the catalogue for a failed verdict, e.g. `TP3101`. */
  readonly code: string;
  /** Whether the component's own code runs. Such a gate is refused in untrusted mode. */
  readonly executesCode: boolean;
  /**
   * Whether it follows the component's imports into other Python code of the repository, or what configures it: a change
   * there then voids its result, too. For a gate that executes code every file of the repository counts anyway.
   * @default false
   */
  readonly followsImports?: boolean;
  /**
   * What of a component the gate is about. A check of everything leaves a gate out for a component that has no such
   * thing, and says so; a run and a check that names the gate do not. A gate about the `deployment` looks at what
   * staging runs: at the stage `staging` it is asked after the deploy, and its evidence counts for that release alone.
   * @default "source"
   */
  readonly subject?: "source" | "tests" | "spec" | "deployment";
  /** Artifacts that must be made first. @default [] */
  readonly needs?: readonly ArtifactKey<unknown>[];
  /** Limit of one check in milliseconds. @default 600000 */
  readonly timeoutMs?: number;
  readonly cost?: Cost;
  /** Files that configure the tool, as base names; they become part of the result's digest. @default [] */
  readonly configFiles?: readonly string[];
  /** The thresholds that will be held against the figures, for `plan` and `explain`. @default none stated */
  thresholds?(target: Target): readonly Threshold[];
  /**
   * What a result depends on besides the tree and the tool's configuration: versions of tools, installed packages, other
   * files. The gate says what counts, core looks. Asked before every check; it must cost next to nothing. A gate without
   * it is never reused.
   * @throws {Breakage} when it cannot say; the gate is then asked
   */
  environment?(ctx: GateContext): Promise<GateEnvironment>;
  check(ctx: GateContext): Promise<Evidence>;
  /** Checks several components in one process; answers in the order of `contexts`. */
  checkMany?(contexts: readonly GateContext[]): Promise<readonly (Evidence | Breakage)[]>;
  /** Finds the tool without running a check, for `doctor`. @throws {Breakage} when it is missing */
  probe?(ctx: GateContext): Promise<ToolInfo>;
  /** Applies safe fixes to the source and says what it changed. */
  fix?(ctx: GateContext): Promise<FixResult>;
}

/** What an automatic fix changed. */
export interface FixResult {
  /** Changed files, relative to the repository root. */
  readonly files: readonly string[];
  /** Unified diff of the change; applying it in reverse undoes the fix. */
  readonly patch: string;
}

/** Makes something that several gates share, once per component and tree. */
export interface Producer<T> {
  readonly key: ArtifactKey<T>;
  /** Whether the component's own code runs. */
  readonly executesCode: boolean;
  /** Limit in milliseconds. @default 600000 */
  readonly timeoutMs?: number;
  readonly cost?: Cost;
  produce(ctx: GateContext): Promise<T>;
}

/**
 * Types a gate where it is defined.
 * @example const gate = defineGate({ name: "licence", category: "security", code: "ACME1", stages: ["refactoring"], executesCode: false, check });
 */
export function defineGate(gate: Gate): Gate {
  return gate;
}
