import type { ExecResult } from "@towpath/core";
import { notStarted } from "./exec-result.ts";

/** Argv that makes the Linux kernel kill the program behind it when this process dies. */
export const deathGuard: readonly [program: string, ...args: string[]] = [
  "/usr/bin/setpriv",
  "--pdeathsig",
  "KILL",
  "--",
];

/**
 * Turns the guard's own failure to start the program, which then never ran, into what it is. Any other result is
 * given back as it is.
 */
export function unguarded(result: ExecResult): ExecResult {
  const { code, stdout, stderr, durationMs } = result;
  if ((code !== 126 && code !== 127) || stdout !== "" || !stderr.startsWith("setpriv: ")) return result;
  const message = stderr.trim().slice("setpriv: ".length);
  return notStarted({ code: code === 127 ? "ENOENT" : "EACCES", message }, durationMs);
}
