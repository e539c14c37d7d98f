import type { Breakage, ToolInfo } from "@towpath/core";
import type { CoverageReport } from "./coverage-report.ts";
import type { CollectError, CollectSkip } from "./pytest-log.ts";
import type { Reruns } from "./rerun-alone.ts";
import type { TestOutcome } from "./test-outcomes.ts";

/** A run of pytest whose facts agree, with what its failed tests did when they were run again. */
export interface SuiteRun {
  readonly tool: ToolInfo;
  /** The command, as it was run. */
  readonly argv: readonly string[];
  /** Names of the variables that the suite got beside the ordinary ones. */
  readonly variables: readonly string[];
  /** Absolute rootdir of pytest: node ids and files of tests are relative to it. */
  readonly rootdir: string;
  readonly collected: number;
  readonly tests: readonly TestOutcome[];
  readonly collectErrors: readonly CollectError[];
  readonly collectSkips: readonly CollectSkip[];
  readonly reruns: Reruns;
  readonly notes: readonly string[];
}

/** A run of pytest with what it covered. */
export interface PytestRun extends SuiteRun {
  /** The coverage report, or why there is none. */
  readonly coverage: CoverageReport | Breakage;
}
