import { join, relative } from "node:path";
import { isBreakage, type Breakage, type GateContext } from "@towpath/core";
import { toolPath } from "@towpath/kit";
import { pytestArguments, runFiles } from "./pytest-arguments.ts";
import type { LogStart } from "./pytest-log.ts";
import { runPytest, type PytestHost } from "./run-pytest.ts";
import type { TestOutcome } from "./test-outcomes.ts";

/** How many failed tests are run again: with more, something else than chance is wrong. */
export const maxReruns = 20;

/** What failed tests did when they were run again. */
export interface Reruns {
  /** Node ids of tests that passed alone. */
  readonly passed: readonly string[];
  /** Why a test could not be run alone, for the first one with which that happened. */
  readonly broken: Breakage | undefined;
  /** How many failed tests were not run again. */
  readonly left: number;
}

/**
 * Runs failed tests again, each alone in a fresh process, in the same working directory and with the same
 * configuration. A test that cannot be run alone stays failed.
 * @param args the user's arguments
 * @throws {Breakage} `timeout` or `cancelled`
 */
export async function rerunAlone(
  ctx: GateContext,
  host: PytestHost,
  start: LogStart,
  failed: readonly TestOutcome[],
  args: readonly string[],
): Promise<Reruns> {
  const passed: string[] = [];
  let broken: Breakage | undefined;
  const chosen = failed.slice(0, maxReruns);
  for (const [index, { nodeid }] of chosen.entries()) {
    const files = runFiles(join(ctx.outDir, `rerun-${index + 1}`));
    const command = pytestArguments({
      files,
      mode: "none",
      branches: false,
      sourceDirs: [],
      args: [...args, ...sameConfiguration(start)],
      targets: [toolPath(fromRoot(ctx.workspace.root, start.root, nodeid))],
    });
    try {
      const { tests } = await runPytest(ctx, host, command, files);
      if (tests.every((test) => test.nodeid === nodeid && test.outcome === "passed")) passed.push(nodeid);
    } catch (error) {
      if (ctx.signal.aborted || !isBreakage(error)) throw error;
      broken ??= error;
    }
  }
  return { passed, broken, left: failed.length - chosen.length };
}

function sameConfiguration({ root, config, plugins }: LogStart): readonly string[] {
  return [
    `--rootdir=${root}`,
    ...(config === undefined ? [] : ["-c", config]),
    "-p",
    "no:randomly",
    ...(plugins.includes("xdist") ? ["-n0"] : []),
    ...(plugins.includes("pytest_cov") ? ["--no-cov"] : []),
  ];
}

/** Node ids are relative to pytest's rootdir, arguments to the working directory. */
function fromRoot(cwd: string, rootdir: string, nodeid: string): string {
  const [path = "", ...rest] = nodeid.split("::");
  return [relative(cwd, join(rootdir, path)), ...rest].join("::");
}
