import {
  artifact,
  isBreakage,
  type Breakage,
  type ArtifactKey,
  type GateContext,
  type Producer,
  type ToolInfo,
} from "@towpath/core";
import { candidates, findPython, toolPath } from "@towpath/kit";
import { outermost, sourceDirs } from "./component-paths.ts";
import { coverageMode } from "./coverage-mode.ts";
import type { CoverageReport } from "./coverage-report.ts";
import { distributions } from "./distributions.ts";
import type { CoverageOptions } from "./options.ts";
import { pytestArguments, runFiles } from "./pytest-arguments.ts";
import type { CollectError, CollectSkip } from "./pytest-log.ts";
import { readCoverage } from "./read-coverage.ts";
import { rerunAlone, type Reruns } from "./rerun-alone.ts";
import { runPytest } from "./run-pytest.ts";
import type { TestOutcome } from "./test-outcomes.ts";

/** A run of pytest whose facts agree; tests, coverage and flakiness are judged from it. */
export interface PytestRun {
  readonly tool: ToolInfo;
  /** The command, as it was run. */
  readonly argv: readonly string[];
  /** Names of the declared variables that the suite got. */
  readonly variables: readonly string[];
  /** Absolute rootdir of pytest: node ids and files of tests are relative to it. */
  readonly rootdir: string;
  readonly collected: number;
  readonly tests: readonly TestOutcome[];
  readonly collectErrors: readonly CollectError[];
  readonly collectSkips: readonly CollectSkip[];
  readonly reruns: Reruns;
  /** The coverage report, or why there is none. */
  readonly coverage: CoverageReport | Breakage;
  readonly notes: readonly string[];
}

/** The run of the component's tests: made once, read by the gates `tests`, `coverage` and `flaky`. */
export const pytestRun: ArtifactKey<PytestRun> = artifact("coverage.pytest-run");

/** Makes the producer of `pytestRun`. */
export function pytestRunProducer(options: CoverageOptions): Producer<PytestRun> {
  return {
    key: pytestRun,
    executesCode: true,
    cost: "heavy",
    produce: (ctx) => produceRun(ctx, options),
  };
}

async function produceRun(ctx: GateContext, options: CoverageOptions): Promise<PytestRun> {
  const { component, signal } = ctx;
  await candidates(ctx, { of: "tests", suffixes: [".py"] });
  const python = await findPython(ctx);
  const watched = sourceDirs(component.source);
  const mode = watched.length === 0 ? "none" : coverageMode(await distributions(ctx, python));
  const host = { python, variables: declared(options.env, ctx.env) };
  const files = runFiles(ctx.outDir);
  const args = pytestArguments({
    files,
    mode,
    branches: options.metric === "branch",
    sourceDirs: watched,
    args: options.args,
    targets: outermost(component.tests).map(toolPath),
  });
  const { argv, log, collected, tests, notes } = await runPytest(ctx, host, args, files);
  const coverage = await readCoverage(ctx, python, mode, files, log).catch((error: unknown) => {
    if (signal.aborted || !isBreakage(error)) throw error;
    return error;
  });
  const failed = tests.filter((test) => test.outcome === "failed");
  const reruns = await rerunAlone(ctx, host, log.start, failed, options.args);
  return {
    tool: { name: "pytest", version: log.start.pytest, path: python.command, via: python.info.via },
    argv,
    variables: Object.keys(host.variables),
    rootdir: log.start.root,
    collected,
    tests,
    collectErrors: log.collectErrors,
    collectSkips: log.collectSkips,
    reruns,
    coverage,
    notes,
  };
}

/** The variables that the suite needs and that are set. */
function declared(
  names: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
}
