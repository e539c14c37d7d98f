import { createHash } from "node:crypto";
import { Breakage, type GateContext } from "@towpath/core";
import { findPython, pythonEnvironment, type PythonEnvironment } from "@towpath/kit";
import { declaredVariables } from "./declared-variables.ts";

/** What the outcome of a suite depends on beside the files. */
export interface SuiteEnvironment {
  readonly python: PythonEnvironment;
  /** The sha256 of each declared variable that is set: values are nobody's business. */
  readonly variables: Readonly<Record<string, string>>;
}

/**
 * The component's interpreter with its packages, and the declared variables.
 * @param names the option `env`
 * @throws {Breakage} `untrusted`; what `findPython` and `pythonEnvironment` throw
 */
export async function suiteEnvironment(
  ctx: GateContext,
  names: readonly string[],
): Promise<SuiteEnvironment> {
  if (!ctx.trusted) {
    // Not even the interpreter is asked for its version where the suite cannot run.
    throw new Breakage("untrusted", { message: "the suite is code of a tree that is not trusted here" });
  }
  const python = pythonEnvironment(ctx, await findPython(ctx));
  const digests = Object.entries(declaredVariables(names, ctx.env)).map(([name, value]) => [
    name,
    createHash("sha256").update(value).digest("hex"),
  ]);
  return { python, variables: Object.fromEntries(digests) };
}
