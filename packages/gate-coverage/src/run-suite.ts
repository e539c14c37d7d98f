import { Breakage, isBreakage, type GateContext } from "@towpath/core";
import { candidates, findPython, toolPath, type Tool } from "@towpath/kit";
import { sourceDirs } from "./component-paths.ts";
import { coverageMode, type CoverageMode } from "./coverage-mode.ts";
import { declaredVariables } from "./declared-variables.ts";
import { distributions } from "./distributions.ts";
import type { CoverageOptions } from "./options.ts";
import { pytestArguments, runFiles, type RunFiles } from "./pytest-arguments.ts";
import { readCoverage } from "./read-coverage.ts";
import { rerunAlone } from "./rerun-alone.ts";
import { runPytest, type FinishedRun } from "./run-pytest.ts";
import type { PytestRun, SuiteRun } from "./suite-run.ts";
import { selectTests, type SelectedTests, type TestKind } from "./test-selection.ts";

/**
 * Runs the component's tests of one kind and measures what they cover of its source.
 * @throws {Breakage} `no-input` when there are no such tests; what `runPytest` throws
 */
export async function runSuite(
  ctx: GateContext,
  options: CoverageOptions,
  kind: Exclude<TestKind, "e2e">,
): Promise<PytestRun> {
  const selected = await existing(ctx, options, kind);
  const python = await findPython(ctx);
  const watched = sourceDirs(ctx.component.source);
  const mode = watched.length === 0 ? "none" : coverageMode(await distributions(ctx, python));
  const files = runFiles(ctx.outDir);
  const measure = { mode, sourceDirs: watched };
  const { finished, run } = await runSelected(ctx, options, { kind, selected, python, files, measure });
  const coverage = await readCoverage(ctx, python, mode, files, finished.log).catch((error: unknown) => {
    if (ctx.signal.aborted || !isBreakage(error)) throw error;
    return error;
  });
  return { ...run, coverage };
}

/**
 * Runs the component's tests of one kind against what staging runs. Nothing is measured.
 * @throws {Breakage} `no-input` when there are no such tests, or nobody knows where the release answers; what
 *   `runPytest` throws
 */
export async function runOnDeployment(
  ctx: GateContext,
  options: CoverageOptions,
  kind: Exclude<TestKind, "unit">,
): Promise<SuiteRun> {
  const selected = await existing(ctx, options, kind);
  const { url, digest } = ctx.deployment ?? {};
  if (url === undefined || digest === undefined) {
    throw new Breakage("no-input", {
      message: `nobody knows where the release that staging runs answers, so no ${kindNames[kind]} test can ask it`,
      fix: ["Give the deployer of staging a URL."],
    });
  }
  const python = await findPython(ctx);
  const mode = (await distributions(ctx, python))["pytest-cov"] === undefined ? "none" : "off";
  const { run } = await runSelected(ctx, options, {
    kind,
    selected,
    python,
    files: runFiles(ctx.outDir),
    measure: { mode, sourceDirs: [] },
    deployed: { TOWPATH_URL: url, TOWPATH_RELEASE: digest },
  });
  return run;
}

const kindNames = { integration: "integration", e2e: "end-to-end" } as const;

interface SelectedRun {
  readonly kind: TestKind;
  readonly selected: SelectedTests;
  readonly python: Tool;
  readonly files: RunFiles;
  readonly measure: { readonly mode: CoverageMode; readonly sourceDirs: readonly string[] };
  /** What tells the suite where the release answers. */
  readonly deployed?: Readonly<Record<string, string>>;
}

async function runSelected(
  ctx: GateContext,
  options: CoverageOptions,
  { kind, selected, python, files, measure, deployed }: SelectedRun,
): Promise<{ readonly finished: FinishedRun; readonly run: SuiteRun }> {
  const variables = { ...declaredVariables(options.env, ctx.env), ...deployed };
  const host = { python, variables, without: selected.without };
  const userArgs = [...options.args, ...selected.args];
  const args = pytestArguments({
    files,
    ...measure,
    branches: options.metric === "branch",
    args: userArgs,
    targets: selected.targets.map(toolPath),
  });
  const finished = await runPytest(ctx, host, args, files).catch((error: unknown) => {
    throw isBreakage(error) && error.kind === "no-input" && kind !== "unit"
      ? notWritten(kind, `${error.message}.`)
      : error;
  });
  const { argv, log, collected, tests, notes } = finished;
  const failed = tests.filter((test) => test.outcome === "failed");
  const reruns = await rerunAlone(ctx, host, log.start, failed, userArgs);
  const run: SuiteRun = {
    tool: { name: "pytest", version: log.start.pytest, path: python.command, via: python.info.via },
    argv,
    variables: Object.keys(variables),
    rootdir: log.start.root,
    collected,
    tests,
    collectErrors: log.collectErrors,
    collectSkips: log.collectSkips,
    reruns,
    notes,
  };
  return { finished, run };
}

/** The selected tests, of which there are some on disk. */
async function existing(ctx: GateContext, options: CoverageOptions, kind: TestKind): Promise<SelectedTests> {
  const selected = selectTests(ctx.component.tests, kind, options);
  if (kind === "unit") {
    await candidates(ctx, { of: "tests", suffixes: [".py"] });
    return selected;
  }
  const { files, missing } = await ctx.workspace.list(selected.targets);
  if (missing.length > 0) throw notWritten(kind, `${missing.join(", ")} does not exist.`);
  if (files.some((file) => file.endsWith(".py"))) return selected;
  throw notWritten(kind, "What the options name holds no Python file among the component's tests.");
}

function notWritten(kind: Exclude<TestKind, "unit">, why: string): Breakage {
  return new Breakage("no-input", {
    message: `no ${kindNames[kind]} test ran`,
    why,
    fix: [`Write one where the option \`${kind}\` says.`],
  });
}
