import { readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Absolute path of the repository. */
export const root = fileURLToPath(new URL("..", import.meta.url)).replace(/[/\\]$/u, "");

/** Absolute path of a file of the repository. @param {...string} parts */
export function inRoot(...parts) {
  return join(root, ...parts);
}

/** Folder of everything that set-up makes outside `node_modules`; git ignores it. */
export const setupDir = inRoot(".setup");

/** The pinned Node that all built code and all tools run on, whatever Node started the script. */
export const pinnedNode = inRoot("node_modules", ".bin", "node");

/** The version of pnpm that `packageManager` in package.json pins. @returns {string} */
export function pnpmVersion() {
  const { packageManager } = JSON.parse(readFileSync(inRoot("package.json"), "utf8"));
  const version = /^pnpm@(\d+\.\d+\.\d+)/u.exec(String(packageManager))?.[1];
  if (version === undefined) throw new Error("package.json: packageManager must be pnpm@<exact version>");
  return version;
}

/** Where set-up keeps its own copy of pnpm, so that nothing is installed for the whole machine. */
export const pnpmDir = join(setupDir, "pnpm");

/** Variables of the user's shell that would bend what is installed or checked. */
const bending =
  /^(?:TOWPATH_.*|NODE_ENV|PYTHONHOME|PYTHONPATH|VIRTUAL_ENV|CONDA_PREFIX|UV_PROJECT_ENVIRONMENT)$/u;

/**
 * The environment of every program that set-up starts: the repository's own tools first on PATH, nobody asked,
 * nobody told.
 * @returns {NodeJS.ProcessEnv}
 */
export function toolEnv() {
  const kept = Object.entries(process.env).filter(([name]) => !bending.test(name));
  const path = [
    inRoot("node_modules", ".bin"),
    join(pnpmDir, "node_modules", ".bin"),
    process.env["PATH"] ?? "",
  ];
  return {
    ...Object.fromEntries(kept),
    PATH: path.join(delimiter),
    DO_NOT_TRACK: "1",
    TURBO_TELEMETRY_DISABLED: "1",
    PIP_DISABLE_PIP_VERSION_CHECK: "1",
    PIP_NO_INPUT: "1",
  };
}
