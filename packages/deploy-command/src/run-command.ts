import { resolve } from "node:path";
import { Breakage, type Exec, isBreakage } from "@towpath/core";
import { createRedactor, excerpt } from "@towpath/kit";
import type { Argv } from "./options.ts";

/** What commands are run with. */
export interface CommandHost {
  readonly root: string;
  readonly exec: Exec;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

/** How commands are run. */
export interface CommandSettings {
  readonly timeoutMs: number;
  /** Variables with their values. */
  readonly env: Readonly<Record<string, string>>;
  /** Names of variables that are handed on; their values are secret. */
  readonly pass: readonly string[];
  /** Names of variables that are handed on because the preset's tool needs them. */
  readonly needs?: readonly string[];
}

/** A command that ended by itself. What its code means is the caller's to say. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** What the command said, for messages: sanitised, cut, without secrets. */
  readonly words: string;
}

/** Runs a command to its ordinary end. @throws {Breakage} when it has none */
export type RunCommand = (argv: Argv, timeoutMs?: number) => Promise<Ran>;

/**
 * Makes what runs commands in the repository root. A program is an absolute path, a bare name that is looked up on
 * PATH, or a path relative to the root.
 */
export function commandRunner(host: CommandHost, settings: CommandSettings): RunCommand {
  const env: Record<string, string> = { ...settings.env };
  const secrets: string[] = [];
  for (const variable of [...(settings.needs ?? []), ...settings.pass]) {
    const value = host.env[variable];
    if (value === undefined) continue;
    env[variable] = value;
    if (settings.pass.includes(variable)) secrets.push(value);
  }
  const { redact } = createRedactor({}, secrets);

  return async ([program = "", ...args], timeoutMs = settings.timeoutMs) => {
    const command = /[\\/]/.test(program) ? resolve(host.root, program) : program;
    const result = await host.exec({ command, args, cwd: host.root, env, timeoutMs, signal: host.signal });
    const words = excerpt(redact(result.stderr)) || excerpt(redact(result.stdout));
    const { status, code, stdout, stderr, durationMs } = result;
    if (status === "exited" && code !== undefined) return { code, stdout, stderr, words };
    const shown = excerpt(redact([program, ...args].join(" ")), 500);
    const details = { ...(words !== "" && { why: words }), fix: [`Run it by hand: ${shown}`] };
    switch (status) {
      case "not-started": {
        const { code: errno = "UNKNOWN", message = "" } = result.startError ?? {};
        const missing = errno === "ENOENT" || errno === "EACCES";
        const why = excerpt(redact(message), 500);
        throw new Breakage(missing ? "tool-missing" : "tool-crash", {
          ...details,
          message: `${program} could not be started: ${errno} ${why}`,
        });
      }
      case "timed-out":
        throw new Breakage("timeout", {
          ...details,
          message: `${program} was stopped after ${Math.round(durationMs)} ms`,
        });
      case "aborted":
        throw (
          stopReason(host.signal) ??
          new Breakage("cancelled", { ...details, message: `${program} was cancelled` })
        );
      default:
        throw new Breakage("tool-crash", {
          ...details,
          message: `${program} was ended by ${result.signal ?? "an unknown cause"}`,
        });
    }
  };
}

/** A command that ended with a code that nobody has given a meaning. */
export function crash([program = ""]: Argv, { code, words }: Ran): Breakage {
  return new Breakage("tool-crash", {
    message: `${program} ended with code ${code}`,
    ...(words !== "" && { why: words }),
  });
}

/** Why the host stopped what it had begun, in its own words. */
export function stopReason({ reason }: AbortSignal): Breakage | undefined {
  if (isBreakage(reason)) return reason;
  if (!(reason instanceof Error) || reason.name !== "TimeoutError") return undefined;
  return new Breakage("timeout", { message: reason.message, cause: reason });
}
