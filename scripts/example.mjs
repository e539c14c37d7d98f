import { cpSync, existsSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { run, SetupError } from "./command.mjs";
import { inRoot, pinnedNode, setupDir } from "./project.mjs";
import { linkPythonEnv } from "./python-env.mjs";
import { applySabotage } from "./sabotage.mjs";

/** @import { Sabotage, RunResult } from "./sabotage.mjs" */

/** The example component. */
export const example = inRoot("examples", "throttle");

/** What is made by tools and is no part of the component. */
export const made = new Set([
  ".towpath",
  ".deploy",
  ".venv",
  ".coverage",
  ".pytest_cache",
  ".ruff_cache",
  "__pycache__",
]);

const mainJob = ["run", "--spec", "specs/throttle.md", "--component", "throttle", "--target", "dev"];

/** The built command line interface, started by the pinned Node. @param {readonly string[]} args @returns {[string, ...string[]]} */
export function towpath(...args) {
  return [pinnedNode, inRoot("packages", "cli", "dist", "bin.mjs"), ...args];
}

/** Runs the pipeline on the example as a user would, output shown. @returns {Promise<number>} the exit code */
export async function runExample() {
  linkPythonEnv(example);
  const { code } = await run(towpath(...mainJob), { cwd: example, show: "all" });
  return code;
}

/**
 * Runs the pipeline on a broken copy of the example. The copy lies outside the repository and is removed; the
 * records of its run are kept.
 * @param {Sabotage} sabotage
 * @returns {Promise<{ exitCode: number, result: RunResult, records: string }>} `records`: folder of the records
 */
export async function runSabotaged(sabotage) {
  const copy = join(realpathSync(mkdtempSync(join(tmpdir(), "towpath-example-"))), "throttle");
  const records = join(setupDir, "sabotaged", sabotage.name);
  try {
    cpSync(example, copy, { recursive: true, filter: (source) => !made.has(basename(source)) });
    linkPythonEnv(copy);
    applySabotage(copy, sabotage);
    const { code, stdout, stderr } = await run(towpath(...mainJob, ...(sabotage.flags ?? []), "--json"), {
      cwd: copy,
    });
    const result = parseResult(stdout, stderr);
    rmSync(records, { recursive: true, force: true });
    const written = join(copy, ".towpath", "runs", result.run);
    if (existsSync(written)) cpSync(written, records, { recursive: true });
    return { exitCode: code, result, records };
  } finally {
    rmSync(join(copy, ".."), { recursive: true, force: true });
  }
}

/** @param {string} stdout @param {string} stderr @returns {RunResult} */
function parseResult(stdout, stderr) {
  try {
    return JSON.parse(stdout);
  } catch {
    throw new SetupError(`towpath gave no result:\n${stdout}${stderr}`);
  }
}
