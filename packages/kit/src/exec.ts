import { type ChildProcess, spawn } from "node:child_process";
import { realpathSync } from "node:fs";
import { basename } from "node:path";
import type { Exec, ExecResult } from "@towpath/core";
import { attend, type Attendance } from "./attend.ts";
import { childEnv } from "./child-env.ts";
import { deathGuard, unguarded } from "./death-guard.ts";
import { emptyResult, notStarted, toStartError } from "./exec-result.ts";
import { isRunnable } from "./program.ts";
import { prepareStart, type Start, type StartError } from "./start.ts";

/** What `createExec` needs from its host. */
export interface CreateExecOptions {
  /** Absolute path of the repository: the default working directory, and where it must lie. */
  readonly root: string;
  /** Carried by every child as `TOWPATH_RUN_ID`, so that survivors of a killed run can be found. */
  readonly runId: string;
  /** The host's environment; children get an allow-listed part of it. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Applied to all text that a result holds. @default the text as it is */
  readonly redact?: (text: string) => string;
  /** Milliseconds between SIGTERM and SIGKILL. @default 5000 */
  readonly killGraceMs?: number;
  /** More folders in which a working directory may lie, as absolute paths. @default none */
  readonly writable?: readonly string[];
}

/**
 * Makes the only function by which Towpath starts a process: an argv array and no shell, a process group of its own
 * that is stopped as a whole, output that is always drained and kept in bounded memory, an allow-listed environment,
 * closed standard input, redacted text. Starting, running and dying are data; the function rejects with what a
 * conversation throws alone.
 * @example
 * const exec = createExec({ root, runId: "run-7", env: process.env });
 * const { status, code, stdout } = await exec({ command: "ruff", args: ["check", "--", "./src"] });
 */
export function createExec(options: CreateExecOptions): Exec {
  const { root, runId, env, redact = (text) => text, killGraceMs = 5_000, writable = [] } = options;
  let calls = 0;
  let guard: readonly string[] | undefined;

  return async (request) => {
    const startedAt = performance.now();
    const callId = `${runId}.${++calls}`;
    const fixed = { TOWPATH_RUN_ID: runId, TOWPATH_CALL_ID: callId };
    const refuse = ({ code, message }: StartError): ExecResult =>
      notStarted({ code, message: redact(message) }, performance.now() - startedAt);

    const start = prepareStart(
      request,
      root,
      [root, ...writable],
      childEnv({ env, added: request.env, fixed }),
    );
    if ("code" in start) return refuse(start);
    guard ??= availableGuard();
    const argv = [...guard, start.program, ...request.args];
    if (request.signal?.aborted === true) return emptyResult("aborted", performance.now() - startedAt);

    const result = await launch(argv, start, { request, killGraceMs, redact, callId, startedAt });
    if ("message" in result) return refuse(result);
    return argv[0] === deathGuard[0] ? unguarded(result) : result;
  };
}

/** Starts a process and follows it, or says why it did not start. */
function launch(
  [program = "", ...args]: readonly string[],
  { cwd, env }: Start,
  attendance: Attendance,
): Promise<ExecResult | StartError> {
  return new Promise((resolve) => {
    let child: ChildProcess;
    try {
      const { stdin: text, converse } = attendance.request;
      const stdin = text === undefined && converse === undefined ? "ignore" : "pipe";
      child = spawn(program, args, {
        cwd,
        env,
        detached: true,
        windowsHide: true,
        stdio: [stdin, "pipe", "pipe"],
      });
    } catch (error) {
      // Too long an argument list and a NUL in it are thrown, what else may be wrong arrives as an event.
      resolve(toStartError(error));
      return;
    }
    child.once("error", (error) => resolve(toStartError(error)));
    if (child.pid !== undefined) resolve(attend(child, child.pid, attendance));
  });
}

/** The guard's argv where it works: not on other systems, and not with BusyBox, whose `setpriv` lacks the option. */
function availableGuard(): readonly string[] {
  const [program] = deathGuard;
  if (process.platform !== "linux" || !isRunnable(program)) return [];
  return basename(realpathSync.native(program)) === "setpriv" ? deathGuard : [];
}
