import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Breakage } from "@towpath/core";
import { toolPath, toRepoPath } from "@towpath/kit";
import { pathExists } from "./path-exists.ts";

/** Which configuration bandit is given. */
export interface BanditConfig {
  /** Arguments for bandit. */
  readonly args: readonly string[];
  readonly warnings: readonly string[];
}

/**
 * Finds bandit's configuration: the option, else `pyproject.toml` at the repository root if it has a table
 * `tool.bandit`. Bandit reads neither by itself. A `.bandit` file is not read: it can lower what is reported without
 * a trace in the report.
 * @param configured the option `config`
 * @throws {Breakage} `tool-config` when the configured file does not exist
 */
export async function banditConfig(root: string, configured: string | undefined): Promise<BanditConfig> {
  if (configured !== undefined) {
    const path = toRepoPath(root, configured);
    if (await pathExists(join(root, path))) return { args: ["-c", toolPath(path)], warnings: [] };
    throw new Breakage("tool-config", { message: `the configuration ${path} does not exist`, where: [path] });
  }
  const pyproject = join(root, "pyproject.toml");
  const text = (await pathExists(pyproject)) ? await readFile(pyproject, "utf8") : "";
  const ignored = (await pathExists(join(root, ".bandit")))
    ? [".bandit is not read; put its settings into a table `tool.bandit` of pyproject.toml"]
    : [];
  // A false hit does no harm: bandit accepts a pyproject.toml without the table.
  return {
    args: /^\s*\[\s*tool\s*\.\s*bandit\b/m.test(text) ? ["-c", "./pyproject.toml"] : [],
    warnings: ignored,
  };
}
