import { existsSync } from "node:fs";
import { isAbsolute, resolve } from "node:path";
import { isTowpathError, TowpathError } from "@towpath/core";
import { isAgent } from "std-env";
import type { ColorFlag } from "./terminal.ts";

/** Names of the reporters. */
export const reporterNames: readonly ReporterName[] = ["default", "agent", "json", "ndjson"];

/** How results are shown. */
export type ReporterName = "default" | "agent" | "json" | "ndjson";

/** The flags that every command has, as commander gives them. */
export interface GlobalFlags {
  readonly cwd?: string;
  readonly config?: string;
  readonly reporter?: string;
  readonly json?: boolean;
  readonly ndjson?: boolean;
  readonly color?: ColorFlag;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly untrusted?: boolean;
  /** False with `--no-ci`. */
  readonly ci?: boolean;
}

/** The same, settled: flag before environment before default. */
export interface GlobalOptions {
  /** Absolute folder in which the command works. */
  readonly cwd: string;
  /** Absolute path of the configuration, if one was named. */
  readonly config?: string;
  readonly reporter: ReporterName;
  readonly color?: ColorFlag;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly trusted: boolean;
  /** The CI this runs in, where it reads commands out of what is printed. */
  readonly platform?: "github" | "gitlab";
  /** Whether the CI gets its own forms of output beside the reporter's. */
  readonly tellsPlatform: boolean;
}

/**
 * Settles the global flags.
 * @throws {TowpathError} TP1001 for an unknown reporter, or a folder that does not exist
 */
export function settleGlobals(flags: GlobalFlags, env: NodeJS.ProcessEnv = process.env): GlobalOptions {
  const cwd = resolve(flags.cwd ?? env["TOWPATH_CWD"] ?? ".");
  if (!existsSync(cwd)) throw new TowpathError("TP1001", { message: `there is no folder ${cwd}` });
  const config = flags.config ?? env["TOWPATH_CONFIG"];
  return {
    cwd,
    ...(config === undefined ? {} : { config: isAbsolute(config) ? config : resolve(cwd, config) }),
    reporter: reporterOf(flags, env),
    ...(flags.color === undefined ? {} : { color: flags.color }),
    quiet: flags.quiet ?? false,
    verbose: flags.verbose ?? false,
    trusted: !(flags.untrusted ?? isOn(env["TOWPATH_UNTRUSTED"])),
    ...platformOf(env),
    tellsPlatform: flags.ci !== false && env["TOWPATH_CI"] !== "0",
  };
}

function platformOf(env: NodeJS.ProcessEnv): Pick<GlobalOptions, "platform"> {
  if (env["GITHUB_ACTIONS"] === "true") return { platform: "github" };
  return env["GITLAB_CI"] === "true" ? { platform: "gitlab" } : {};
}

function reporterOf(flags: GlobalFlags, env: NodeJS.ProcessEnv): ReporterName {
  if (flags.json) return "json";
  if (flags.ndjson) return "ndjson";
  const asked = flags.reporter ?? env["TOWPATH_REPORTER"];
  const found = reporterNames.find((name) => name === asked);
  if (found) return found;
  if (asked !== undefined) {
    throw new TowpathError("TP1001", {
      message: `there is no reporter ${asked}`,
      fix: [`Reporters: ${reporterNames.join(", ")}`],
    });
  }
  // A variable such as GOOSE_PROVIDER is also set by people, so a terminal counts against an agent.
  const agent = env["AI_AGENT"] !== undefined || (isAgent && process.stdout.isTTY !== true);
  return agent ? "agent" : "default";
}

function isOn(value: string | undefined): boolean {
  return value !== undefined && value !== "" && value !== "0" && value !== "false";
}

/** The reporter by whose ways an error is shown, even when the choice of reporter is what is wrong. */
export function reporterForErrors(flags: GlobalFlags, env: NodeJS.ProcessEnv = process.env): ReporterName {
  try {
    return reporterOf(flags, env);
  } catch {
    return "default";
  }
}

/** The data of an error of ours; anything else is a defect of Towpath. */
export function errorData(error: unknown): TowpathError["data"] {
  if (isTowpathError(error)) return error.data;
  const message = error instanceof Error ? error.message : String(error);
  return new TowpathError("TP9001", { message: `internal error: ${message}` }).data;
}
