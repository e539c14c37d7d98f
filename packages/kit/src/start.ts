import { realpathSync, statSync } from "node:fs";
import { isAbsolute, resolve } from "node:path";
import type { ExecRequest } from "@towpath/core";
import { isInside } from "./inside.ts";
import { locate } from "./program.ts";

/** What a process is started with: everything is looked up and allowed. */
export interface Start {
  /** Absolute path of the program. */
  readonly program: string;
  /** Real path of the working directory. */
  readonly cwd: string;
  readonly env: Record<string, string>;
}

/** Why a process cannot be started: an errno name and words. */
export interface StartError {
  readonly code: string;
  readonly message: string;
}

/**
 * Looks up the program and confines the working directory. The program is looked up here, as whatever runs it later
 * (a shell, `setpriv`) would turn "not found" into an exit code.
 * @param root the default working directory
 * @param roots where a working directory may lie
 */
export function prepareStart(
  { command, cwd }: ExecRequest,
  root: string,
  roots: readonly string[],
  env: Record<string, string>,
): Start | StartError {
  if (!isAbsolute(command) && /[\\/]/.test(command)) {
    return { code: "EINVAL", message: `${command} is neither an absolute path nor a bare name` };
  }
  const folder = confine(resolve(root, cwd ?? "."), roots);
  if (typeof folder !== "string") return folder;
  const located = locate(command, env["PATH"]);
  if ("path" in located) return { program: located.path, cwd: folder, env };
  const why = located.code === "ENOENT" ? "was not found" : "is not an executable file, or may not be run";
  return { code: located.code, message: `${command} ${why}` };
}

function confine(cwd: string, roots: readonly string[]): string | StartError {
  const folder = realFolder(cwd);
  if (folder === undefined) return { code: "ENOTDIR", message: `the working directory ${cwd} is no folder` };
  const inside = roots.some((root) => {
    const real = realFolder(root);
    return real !== undefined && isInside(real, folder);
  });
  return inside
    ? folder
    : { code: "EPERM", message: `the working directory ${cwd} lies outside the repository` };
}

function realFolder(path: string): string | undefined {
  try {
    const real = realpathSync.native(path);
    return statSync(real).isDirectory() ? real : undefined;
  } catch {
    return undefined;
  }
}
