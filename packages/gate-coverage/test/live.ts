import type { Component, GateResult, Target } from "@towpath/core";
import { project, pythonEnv, runInMemory } from "@towpath/testkit";
import coverage, { type CoverageUserOptions } from "../src/index.ts";

/** Half of the component's statements are in a function that `add(1, 2)` does not reach. */
export const source: Readonly<Record<string, string>> = {
  "src/foo/__init__.py": "def add(a, b):\n    if a > 100:\n        return 0\n    return a + b\n",
};

/** The settings of a project whose tests find the source. */
export function settings(addopts = "", more = ""): Readonly<Record<string, string>> {
  return {
    "pyproject.toml": `[tool.pytest.ini_options]\npythonpath = ["src"]\naddopts = "--strict-markers ${addopts}"\n${more}`,
  };
}

/** What is checked beside the files. */
export interface LiveSetup {
  readonly options?: CoverageUserOptions;
  readonly components?: readonly Partial<Component>[];
  readonly target?: Target;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** The results of the three gates from one run with the real pytest, for the first component. */
export interface LiveResults {
  readonly root: string;
  readonly tests: GateResult;
  readonly coverage: GateResult;
  readonly flaky: GateResult;
  /** The results of all components. */
  readonly all: readonly GateResult[];
}

/** Makes a project of the files and lets the three gates check it with the real pytest. */
export async function check(
  files: Readonly<Record<string, string>>,
  setup: LiveSetup = {},
): Promise<LiveResults> {
  const { root } = await project(files);
  const { env } = await pythonEnv();
  const { report } = await runInMemory({
    root,
    plugins: [coverage(setup.options)],
    only: ["tests", "coverage", "flaky"],
    env: { ...env, ...setup.env },
    ...(setup.components === undefined ? {} : { components: setup.components }),
    ...(setup.target === undefined ? {} : { target: setup.target }),
  });
  const all = report.stages.flatMap((stage) => stage.results);
  const of = (gate: string): GateResult => {
    const result = all.find((one) => one.gate === gate);
    if (result === undefined) throw new Error(`${gate} gave no result: ${JSON.stringify(report)}`);
    return result;
  };
  return { root, tests: of("tests"), coverage: of("coverage"), flaky: of("flaky"), all };
}

/** Verdicts of tests, coverage and flaky, with the kind of breakage where there is one. */
export function verdicts({ tests, coverage: cov, flaky }: LiveResults): readonly string[] {
  return [tests, cov, flaky].map(({ verdict, error }) =>
    error === undefined ? verdict : `${verdict} ${error.kind}`,
  );
}
