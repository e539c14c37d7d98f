import type { ExecStatus } from "@towpath/core";

/** The longest time that a timer can wait; a longer one would fire at once. */
const longestTimerMs = 2 ** 31 - 1;

/** When a process group is stopped. */
export interface StopRules {
  readonly signal: AbortSignal | undefined;
  readonly timeoutMs: number | undefined;
  /** Milliseconds between SIGTERM and SIGKILL. */
  readonly killGraceMs: number;
}

/** Watches over the life of a process group. */
export interface GroupStopper {
  /** Why the group was stopped, if it was. */
  reason(): ExecStatus | undefined;
  /** Stops the group as it is no longer needed, which is no reason. */
  stop(): void;
  /** Ends the watch; call it when the process has ended. */
  release(): void;
}

/** Stops a process group at its time limit or when the caller aborts: SIGTERM first, SIGKILL after the grace time. */
export function stopGroup(pid: number, { signal, timeoutMs, killGraceMs }: StopRules): GroupStopper {
  let reason: ExecStatus | undefined;
  let over = false;
  let grace: NodeJS.Timeout | undefined;
  const stop = (why?: ExecStatus): void => {
    if (over) return;
    over = true;
    reason = why;
    signalGroup(pid, "SIGTERM");
    grace = setTimeout(() => signalGroup(pid, "SIGKILL"), Math.min(killGraceMs, longestTimerMs));
  };
  const onAbort = (): void => stop("aborted");
  const limit =
    timeoutMs === undefined
      ? undefined
      : setTimeout(() => stop("timed-out"), Math.min(timeoutMs, longestTimerMs));
  signal?.addEventListener("abort", onAbort, { once: true });
  return {
    reason: () => reason,
    stop: () => stop(),
    release() {
      over = true;
      clearTimeout(limit);
      clearTimeout(grace);
      signal?.removeEventListener("abort", onAbort);
    },
  };
}

/** Sends a signal to a whole process group; on Windows, which has none, to its first process. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(process.platform === "win32" ? pid : -pid, signal);
  } catch {
    // Nobody is left in the group.
  }
}
