import { existsSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { machineEnv } from "./machine-env.ts";

/** A Python environment with pinned tools. */
export interface PythonEnv {
  /** Absolute path of the interpreter. */
  readonly python: string;
  /** Absolute path of the folder with the programs. */
  readonly bin: string;
  /** Environment in which gates find these tools; for `runGate`. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Written by set-up when the environment is complete. */
const stamp = "towpath-setup";

/**
 * The shared Python environment with the tools that gates run: the virtual environment that `TOWPATH_TEST_PYTHON`
 * names, else `.setup/python` of the working directory or the nearest folder above, as set-up makes it. It is only
 * read here, so that test files may ask for it at the same time.
 * @param which `python-scenarios` has pytest-bdd and hypothesis, too, which make every start of pytest slower
 * @throws {Error} when there is none, or it is not complete; the message says what to run
 * @example const { env } = await pythonEnv(); await runGate(ruff(), "lint", { root, env });
 */
export async function pythonEnv(which: "python" | "python-scenarios" = "python"): Promise<PythonEnv> {
  const named = process.env["TOWPATH_TEST_PYTHON"];
  const folder = named ?? nearest(process.cwd(), which);
  if (folder === undefined) {
    throw new Error(
      `no Python environment for tests: neither ${process.cwd()} nor a folder above has .setup/${which}.\n` +
        "Make it with `npm test`, or name a virtual environment that has the tools: TOWPATH_TEST_PYTHON=<folder>",
    );
  }
  const bin = join(folder, process.platform === "win32" ? "Scripts" : "bin");
  const python = join(bin, process.platform === "win32" ? "python.exe" : "python");
  if (!existsSync(python) || (named === undefined && !existsSync(join(folder, stamp)))) {
    throw new Error(
      named === undefined
        ? `the Python environment ${folder} is not complete. Make it with \`npm test\`.`
        : `TOWPATH_TEST_PYTHON is no virtual environment: ${python} does not exist`,
    );
  }
  const env = machineEnv();
  return {
    python,
    bin,
    env: { ...env, VIRTUAL_ENV: folder, PATH: `${bin}${delimiter}${env["PATH"] ?? ""}` },
  };
}

function nearest(start: string, which: string): string | undefined {
  for (let folder = start; ; folder = dirname(folder)) {
    const candidate = join(folder, ".setup", which);
    if (existsSync(candidate)) return candidate;
    if (folder === dirname(folder)) return undefined;
  }
}
