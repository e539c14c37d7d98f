import { Breakage, type GateContext, type GateEnvironment } from "@towpath/core";

/**
 * What the outcome of a suite depends on beside the files: the component's interpreter with its packages, and the
 * declared variables.
 * @param names the option `env`
 * @throws {Breakage} `untrusted`
 */
export async function suiteEnvironment(ctx: GateContext, names: readonly string[]): Promise<GateEnvironment> {
  if (!ctx.trusted) {
    // Not even the interpreter is asked for its version where the suite cannot run.
    throw new Breakage("untrusted", { message: "the suite is code of a tree that is not trusted here" });
  }
  return { python: "packages", variables: names };
}
