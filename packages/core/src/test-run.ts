import { artifact, type ArtifactKey } from "./artifacts.ts";
import type { ToolInfo } from "./gate.ts";

/** What became of one test, from the report of the run and not from its name. */
export interface ExecutedTest {
  /** pytest's node id: path, class and function, with parameters. Relative to the run's `rootdir`. */
  readonly nodeid: string;
  readonly outcome: "passed" | "failed" | "skipped";
  /** Whether it was run again after a failure: a pass then is no proof. */
  readonly rerun: boolean;
  /** Whether an `xfail` marker took effect. */
  readonly expectedFailure: boolean;
  /** POSIX path relative to `rootdir`. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** Ids of the requirements that it names: `@pytest.mark.spec("FR-1")`. */
  readonly spec: readonly string[];
}

/** A run of a component's unit tests. */
export interface TestRun {
  readonly tool: ToolInfo;
  /** Absolute. */
  readonly rootdir: string;
  readonly tests: readonly ExecutedTest[];
}

/** The run of the component's unit tests: made once, read by every gate that judges tests. */
export const testRun: ArtifactKey<TestRun> = artifact("tests.unit-run");
