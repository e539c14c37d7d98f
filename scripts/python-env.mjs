import { existsSync, lstatSync, rmSync, symlinkSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { mustRun, step } from "./command.mjs";
import { findPython } from "./machine.mjs";
import { inRoot, setupDir } from "./project.mjs";
import { digest, isStamped, unstamp, writeStamp } from "./stamp.mjs";

/** The Python environment that holds the pinned tools (ruff, pytest, coverage, bandit, …) for example and tests. */
export const pythonEnvPath = join(setupDir, "python");

/** Makes both Python environments: the one with the tools, and the one that generated tests run in besides. */
export async function ensurePythonEnvs() {
  await ensurePythonEnv(pythonEnvPath, "python-requirements.txt");
  await ensurePythonEnv(join(setupDir, "python-scenarios"), "python-scenario-requirements.txt");
}

/**
 * Makes a Python environment, unless it is there and was made from the same requirements.
 * @param {string} path absolute
 * @param {string} file with the requirements, in this folder
 */
async function ensurePythonEnv(path, file) {
  const requirements = inRoot("scripts", file);
  const stamp = join(path, "towpath-setup");
  const wanted = digest([requirements], [path]);
  const python = join(path, "bin", "python");
  if (existsSync(python) && isStamped(stamp, wanted)) return;
  const base = await findPython();
  unstamp(stamp);
  await step(`making the Python environment ${basename(path)}`, async () => {
    rmSync(path, { recursive: true, force: true });
    await mustRun([base, "-m", "venv", path], { hint: "Check that the folder can be written." });
    await mustRun(
      [
        python,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--require-hashes",
        "--only-binary=:all:",
        "-r",
        requirements,
      ],
      { hint: "If the network is down, try again later." },
    );
  });
  writeStamp(stamp, wanted);
}

/**
 * Lets a component find the environment where tools look first: as `.venv` in its folder. An own environment that
 * is already there is kept.
 * @param {string} folder absolute path of the component
 */
export function linkPythonEnv(folder) {
  const link = join(folder, ".venv");
  const found = lstatSync(link, { throwIfNoEntry: false });
  if (found !== undefined && !found.isSymbolicLink()) return;
  rmSync(link, { force: true });
  symlinkSync(relative(dirname(link), pythonEnvPath), link, "dir");
}
