import { dirname, join } from "node:path";
import { Breakage, type GateContext, type GateEnvironment } from "@towpath/core";
import { configFiles } from "./config-files.ts";

/**
 * What the outcome of a suite depends on beside the files: the component's interpreter with its packages, the
 * declared variables, and what configures it above the repository.
 * @param names the option `env`
 * @throws {Breakage} `untrusted`
 */
export async function suiteEnvironment(ctx: GateContext, names: readonly string[]): Promise<GateEnvironment> {
  if (!ctx.trusted) {
    // Not even the interpreter is asked for its version where the suite cannot run.
    throw new Breakage("untrusted", { message: "the suite is code of a tree that is not trusted here" });
  }
  return { python: "packages", variables: names, files: above(ctx.workspace.root) };
}

/** Where the repository has no configuration, pytest and coverage.py look above it. */
function above(folder: string): readonly string[] {
  const parent = dirname(folder);
  if (parent === folder) return [];
  return [...configFiles.map((name) => join(parent, name)), ...above(parent)];
}
