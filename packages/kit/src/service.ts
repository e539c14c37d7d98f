import { spawn } from "node:child_process";
import { closeSync, openSync, readdirSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { Breakage } from "@towpath/core";
import { toStartError } from "./exec-result.ts";
import { signalGroup } from "./process-group.ts";

/** A process that is to outlive the one that starts it. */
export interface ServiceRequest {
  /** Absolute path, or a bare name that is looked up on the PATH of `env`. */
  readonly program: string;
  readonly args: readonly string[];
  /** Absolute path of the working directory. */
  readonly cwd: string;
  /** The whole environment, but for the variables by which a run finds processes that it left behind. */
  readonly env: Readonly<Record<string, string>>;
  /** Absolute path of the file to which standard output and error are appended. */
  readonly log: string;
}

/** Which process a service is. Ids are given again, so the id alone says nothing. */
export interface ServiceIdentity {
  /** Id of the first process and of its group. */
  readonly pid: number;
  /** When it began, in clock ticks since the machine was started. */
  readonly startTicks: number;
  /** Identifies the start of the machine. */
  readonly bootId: string;
}

/** How long the kernel may take to end a group that was killed, in milliseconds. */
const killedMs = 10_000;
const lookAgainMs = 20;

/**
 * Starts a process in a session and group of its own that goes on when this process ends or is killed, and that no
 * run takes for one of its own left-overs. Linux only.
 * @throws {Breakage} `tool-missing` when there is no such program, `environment` when it cannot be started
 * @example const web = await startService({ program: "/srv/venv/bin/python", args: ["-m", "web"], cwd: "/srv", env: {}, log: "/srv/web.log" });
 */
export async function startService(request: ServiceRequest): Promise<ServiceIdentity> {
  const { program, args, cwd, log } = request;
  if (process.platform !== "linux") {
    throw new Breakage("environment", {
      message: `${program} cannot be kept as a service: that needs Linux`,
      why: "Elsewhere nobody can tell whether a process id still means the same process.",
    });
  }
  const { TOWPATH_RUN_ID: _run, TOWPATH_CALL_ID: _call, ...env } = request.env;
  const out = openSync(log, "a", 0o600);
  try {
    const child = spawn(program, args, { cwd, env, detached: true, stdio: ["ignore", out, out] });
    // Read at once: a process that has ended already is not collected before this turn is over.
    if (child.pid !== undefined) {
      child.on("error", () => {});
      child.unref();
      return { pid: child.pid, startTicks: statOf(child.pid)?.startTicks ?? 0, bootId: bootId() };
    }
    const error: unknown = await new Promise((resolve) => child.once("error", resolve));
    throw error;
  } catch (error) {
    const { code, message } = toStartError(error);
    const kind = ["ENOENT", "EACCES"].includes(code) ? "tool-missing" : "environment";
    throw new Breakage(kind, { message: `${program} cannot be started: ${message}`, cause: error });
  } finally {
    closeSync(out);
  }
}

/** Whether the first process of a service still runs: not another one that was given its id since. */
export function isSameService({ pid, startTicks, bootId: boot }: ServiceIdentity): boolean {
  const stat = statOf(pid);
  return stat !== undefined && stat.runs && stat.startTicks === startTicks && boot === bootId();
}

/**
 * Stops a service with its whole process group: SIGTERM, and SIGKILL after the grace time. Settles when none of the
 * group runs any more. A service that has ended, and a stranger with its id, are left alone.
 * @param graceMs milliseconds between the two signals
 * @throws {Breakage} `environment` when the kernel does not end it
 */
export async function stopService(identity: ServiceIdentity, graceMs: number): Promise<void> {
  if (!isSameService(identity)) return;
  const { pid } = identity;
  signalGroup(pid, "SIGTERM");
  if (await isEmptied(pid, graceMs)) return;
  signalGroup(pid, "SIGKILL");
  if (await isEmptied(pid, killedMs)) return;
  throw new Breakage("environment", { message: `process ${pid} does not end, though it was killed` });
}

/** Waits until nobody of a group runs. While one does, the kernel gives the group's id to nobody else. */
async function isEmptied(group: number, limitMs: number): Promise<boolean> {
  const limit = performance.now() + limitMs;
  while (hasMembers(group)) {
    if (performance.now() >= limit) return false;
    await delay(lookAgainMs);
  }
  return true;
}

function hasMembers(group: number): boolean {
  return readdirSync("/proc").some((name) => {
    const stat = /^\d+$/.test(name) ? statOf(Number(name)) : undefined;
    return stat !== undefined && stat.runs && stat.group === group;
  });
}

interface Stat {
  /** False for one that has ended and is only not yet collected. */
  readonly runs: boolean;
  readonly group: number;
  readonly startTicks: number;
}

/** What the kernel says of a process. The name in it may hold spaces and brackets, so it is read from behind that. */
function statOf(pid: number): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    const runs = !["Z", "X"].includes(fields[0] ?? "X");
    return { runs, group: Number(fields[2]), startTicks: Number(fields[19]) };
  } catch {
    return undefined;
  }
}

function bootId(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return "";
  }
}
