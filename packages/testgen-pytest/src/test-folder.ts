import { realpath } from "node:fs/promises";
import { join } from "node:path";
import { Breakage, type GateContext } from "@towpath/core";
import { toRepoPath } from "@towpath/kit";

/**
 * The folder of the component's generated tests: `spec` below its first test path that is a folder.
 * @returns POSIX path relative to the repository root; it need not exist
 * @throws {Breakage} `no-input` when no folder of tests is declared, or `spec` leads out of it
 * @throws {TowpathError} TP1005 when the test path lies outside the repository
 */
export async function testFolder(ctx: GateContext): Promise<string> {
  const { name, tests } = ctx.component;
  const declared = tests.find((path) => !path.endsWith(".py"));
  if (declared === undefined) {
    throw new Breakage("no-input", {
      message: `the component ${name} declares no folder of tests, so there is no place for generated ones`,
      where: tests,
      fix: [`components: {${name}: {tests: [tests/${name}]}}`],
    });
  }
  const { root } = ctx.workspace;
  const above = toRepoPath(root, declared);
  const folder = above === "." ? "spec" : `${above}/spec`;
  const [realAbove, realFolder] = await Promise.all([real(join(root, above)), real(join(root, folder))]);
  if (realFolder !== undefined && realFolder !== join(realAbove ?? "", "spec")) {
    throw new Breakage("no-input", { message: `${folder} is a link, so nothing is generated there` });
  }
  return folder;
}

async function real(path: string): Promise<string | undefined> {
  try {
    return await realpath(path);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
