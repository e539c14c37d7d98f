import type { ExecResult, ExecStatus } from "@towpath/core";
import type { StartError } from "./start.ts";

/** The result of a process that printed nothing, as it never ran. */
export function emptyResult(status: ExecStatus, durationMs: number): ExecResult {
  return { status, code: undefined, signal: undefined, stdout: "", stderr: "", droppedBytes: 0, durationMs };
}

/** The result of a process that could not be started. */
export function notStarted(startError: StartError, durationMs: number): ExecResult {
  return { ...emptyResult("not-started", durationMs), startError };
}

/** What an error of Node's `spawn` means, as data. */
export function toStartError(error: unknown): StartError {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && "code" in error ? String(error.code) : "UNKNOWN";
  // Node's own word for a NUL in an argument, a path or a variable.
  return { code: code === "ERR_INVALID_ARG_VALUE" ? "EINVAL" : code, message };
}
