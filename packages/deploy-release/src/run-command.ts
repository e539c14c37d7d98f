import { Breakage, type TargetContext } from "@towpath/core";
import { excerpt } from "@towpath/kit";

/**
 * Runs a command to its good end.
 * @throws {Breakage} `tool-missing`, `timeout`, or `tool-crash` with its last words
 */
export async function runCommand(
  ctx: Pick<TargetContext, "exec" | "signal" | "outDir">,
  [command = "", ...args]: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  // The folder is empty, so that no file in it stands in for a module or a configuration.
  const result = await ctx.exec({ command, args, env, cwd: ctx.outDir, signal: ctx.signal });
  if (result.status === "exited" && result.code === 0) return result.stdout;
  const line = excerpt([command, ...args].join(" "), 500);
  const why = lastWords(`${result.stdout}\n${result.stderr}`);
  const { status, startError } = result;
  if (status === "aborted" || status === "timed-out") {
    throw new Breakage("timeout", { message: `the time limit ended: ${line}`, why });
  }
  if (status === "not-started") {
    const message = `cannot be started: ${line}`;
    throw new Breakage("tool-missing", { message, why: excerpt(startError?.message ?? "", 500) });
  }
  const end = status === "signalled" ? `signal ${result.signal}` : `code ${result.code}`;
  throw new Breakage("tool-crash", { message: `ended with ${end}: ${line}`, why });
}

/** The end of a text, where programs say what is wrong. */
export function lastWords(text: string): string {
  return excerpt(text.trimEnd().slice(-2_000));
}
