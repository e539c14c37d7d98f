import { accessSync, closeSync, constants, existsSync, openSync, readSync, statSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";

/** A program on disk, or the errno that running it would give. */
export type Located = { readonly path: string } | { readonly code: "ENOENT" | "EACCES" };

/**
 * Finds the program that an absolute path or a bare name means. Empty and relative entries of PATH are passed over:
 * they would run what lies in the checked tree.
 * @param path the value of PATH
 */
export function locate(command: string, path: string | undefined): Located {
  let code: "ENOENT" | "EACCES" = "ENOENT";
  for (const candidate of isAbsolute(command) ? [command] : onPath(command, path)) {
    const state = runnable(candidate);
    if (state === true) return { path: candidate };
    if (state === "EACCES") code = state;
  }
  return { code };
}

/** Every runnable program of that name on PATH, in order. */
export function locateAll(name: string, path: string | undefined): readonly string[] {
  return onPath(name, path).filter((candidate) => runnable(candidate) === true);
}

/** Whether a file can be run: it is a file and executable, but nothing is said about its interpreter. */
export function isRunnable(path: string): boolean {
  return runnable(path) === true;
}

/**
 * Whether a script's `#!` line names an interpreter that is gone, as in a virtual environment that was moved.
 * @param path a readable file
 */
export function hasDeadShebang(path: string): boolean {
  const interpreter = interpreterOf(path);
  return interpreter !== undefined && !existsSync(interpreter);
}

/**
 * The interpreter that a script's `#!` line names; nothing for a program that is no script.
 * @param path a readable file
 */
export function interpreterOf(path: string): string | undefined {
  const file = openSync(path, "r");
  try {
    const start = Buffer.alloc(512);
    const line = start.toString("utf8", 0, readSync(file, start, 0, start.length, 0)).split("\n", 1)[0] ?? "";
    return /^#!\s*(\S+)/.exec(line)?.[1];
  } finally {
    closeSync(file);
  }
}

function onPath(name: string, path = ""): string[] {
  if (name === "" || name.includes("/") || name.includes("\\") || name.includes("\0")) return [];
  const file = process.platform === "win32" && !name.toLowerCase().endsWith(".exe") ? `${name}.exe` : name;
  return path
    .split(delimiter)
    .filter(isAbsolute)
    .map((folder) => join(folder, file));
}

function runnable(path: string): true | "ENOENT" | "EACCES" {
  try {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return "ENOENT";
    if (!stat.isFile()) return "EACCES";
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // No right to look or to run; a NUL or an endless chain of links ends here too.
    return "EACCES";
  }
}
