import { join, relative } from "node:path";
import { isBreakage, type GateContext } from "@towpath/core";
import { toolPath, type Tool } from "@towpath/kit";
import { pytestArguments, runFiles } from "./pytest-arguments.ts";
import type { LogStart } from "./pytest-log.ts";
import { runPytest } from "./run-pytest.ts";
import { testOutcomes, type TestOutcome } from "./test-outcomes.ts";

/** How many failed tests are run again: with more, something else than chance is wrong. */
export const maxReruns = 20;

/** What the tests did when they were run again. */
export interface Reruns {
  /** Node ids of tests that failed first and then passed alone. */
  readonly passed: readonly string[];
  /** How many failed tests were not run again. */
  readonly left: number;
}

/**
 * Runs failed tests again, each alone in a fresh process, in the same working directory and with the same
 * configuration. Only a clean pass counts; whatever else happens, the failure stands.
 * @throws {Breakage} `timeout` or `cancelled`
 */
export async function rerunAlone(
  ctx: GateContext,
  python: Tool,
  start: LogStart,
  failed: readonly TestOutcome[],
  args: readonly string[],
  declared: Readonly<Record<string, string>>,
): Promise<Reruns> {
  const passed: string[] = [];
  const chosen = failed.slice(0, maxReruns);
  for (const [index, test] of chosen.entries()) {
    const files = runFiles(join(ctx.outDir, `rerun-${index + 1}`));
    const request = {
      files,
      mode: "none" as const,
      branches: false,
      sourceDirs: [],
      args: [...args, ...sameConfiguration(start)],
      targets: [toolPath(nodeFromRoot(ctx.workspace.root, start.root, test.nodeid))],
    };
    if (await passesAlone(ctx, python, pytestArguments(request), files, declared, test.nodeid))
      passed.push(test.nodeid);
  }
  return { passed, left: failed.length - chosen.length };
}

async function passesAlone(
  ctx: GateContext,
  python: Tool,
  args: readonly string[],
  files: ReturnType<typeof runFiles>,
  declared: Readonly<Record<string, string>>,
  nodeid: string,
): Promise<boolean> {
  try {
    const { code, log } = await runPytest(ctx, python, args, files, declared);
    if (code !== 0 || log?.finish?.exit !== 0) return false;
    const outcomes = testOutcomes(log);
    return outcomes.length === 1 && outcomes[0]?.nodeid === nodeid && outcomes[0].outcome === "passed";
  } catch (error) {
    if (ctx.signal.aborted || !isBreakage(error)) throw error;
    return false;
  }
}

function sameConfiguration(start: LogStart): readonly string[] {
  const { root, config, plugins } = start;
  return [
    `--rootdir=${root}`,
    ...(config === undefined ? [] : ["-c", config]),
    "-p",
    "no:randomly",
    ...("pytest-xdist" in plugins ? ["-n0"] : []),
    ...("pytest-cov" in plugins ? ["--no-cov"] : []),
  ];
}

/** Node ids are relative to pytest's rootdir, arguments to the working directory. */
function nodeFromRoot(cwd: string, rootdir: string, nodeid: string): string {
  const [path = "", ...rest] = nodeid.split("::");
  return [relative(cwd, join(rootdir, path)), ...rest].join("::");
}
