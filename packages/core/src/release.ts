import type { Component } from "./gate.ts";
import type { Exec } from "./exec.ts";
import type { Clock } from "./host.ts";

/** A built artifact. The same digest travels from staging to production. */
export interface Release {
  readonly component: string;
  /** sha256 of the artifact file in hexadecimal: the identity of the release. */
  readonly digest: string;
  /** The artifact below `.towpath/artifacts/<digest>/`, POSIX and relative to the repository root. */
  readonly file: string;
  /** Digest of the component's tree from which it was built. */
  readonly tree: string;
}

/** What a builder gets. */
export interface BuildContext {
  readonly component: Component;
  /** Absolute real path of the repository root. */
  readonly root: string;
  /** Absolute path of a fresh, empty folder. */
  readonly outDir: string;
  readonly exec: Exec;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** Aborted at the time limit and when the run is cancelled. */
  readonly signal: AbortSignal;
  log(line: string): void;
}

/** Makes the one artifact of a component that all environments run. */
export interface Builder {
  /** What it makes, e.g. `wheel`. */
  readonly name: string;
  /** Limit in milliseconds. @default 600000 */
  readonly timeoutMs?: number;
  /**
   * Builds from the tree as it is. The same tree should give the same bytes.
   * @returns absolute path of the artifact, a single file below `outDir`
   * @throws {Breakage} when it cannot be built
   */
  build(ctx: BuildContext): Promise<string>;
}
