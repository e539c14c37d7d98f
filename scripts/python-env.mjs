import { existsSync, lstatSync, rmSync, symlinkSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { mustRun, step } from "./command.mjs";
import { findPython } from "./machine.mjs";
import { inRoot, setupDir } from "./project.mjs";
import { digest, isStamped, unstamp, writeStamp } from "./stamp.mjs";

/** The Python environment that holds the pinned tools (ruff, pytest, coverage, bandit, …) for example and tests. */
export const pythonEnvPath = join(setupDir, "python");

/**
 * Makes the Python environment, unless it is there and was made from the same requirements.
 * @returns {Promise<string>} its path
 */
export async function ensurePythonEnv() {
  const requirements = inRoot("scripts", "python-requirements.txt");
  const stamp = join(pythonEnvPath, "towpath-setup");
  const wanted = digest([requirements], [pythonEnvPath]);
  const python = join(pythonEnvPath, "bin", "python");
  if (existsSync(python) && isStamped(stamp, wanted)) return pythonEnvPath;
  const base = await findPython();
  unstamp(stamp);
  await step("making the Python environment", async () => {
    rmSync(pythonEnvPath, { recursive: true, force: true });
    await mustRun([base, "-m", "venv", pythonEnvPath], { hint: "Check that the folder can be written." });
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
  return pythonEnvPath;
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
