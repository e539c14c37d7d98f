import { basename, dirname } from "node:path";
import { Breakage, isBreakage, type GateContext } from "@towpath/core";
import { distVersion } from "./dist-info.ts";
import { runTool } from "./run-tool.ts";
import { excerpt } from "./text.ts";
import type { ToolPlace } from "./tool-places.ts";
import { versionCache } from "./version-cache.ts";
import { findVersion } from "./version.ts";

/** How long a tool may take to say its version. */
const limitMs = 60_000;

/** Whose version is wanted. */
export interface VersionRequest {
  readonly name: string;
  readonly module?: string | undefined;
  readonly versionArgs: readonly string[];
}

/**
 * The version of the tool at a place: by the metadata of its virtual environment, else by the cache, else by asking.
 * @returns undefined when there is no such tool behind the place
 * @throws {Breakage} `tool-crash` when the tool is there but cannot say its version, and what `runTool` throws
 */
export async function versionAt(
  ctx: GateContext,
  place: ToolPlace,
  request: VersionRequest,
): Promise<string | undefined> {
  const { command, args, venv } = place;
  const viaModule = args[0] === "-m";
  if (venv !== undefined) {
    const version = await distVersion(venv, viaModule ? (request.module ?? "") : request.name, !viaModule);
    if (version !== undefined) return version;
  }
  try {
    const ask = (): Promise<string> => askVersion(ctx, place, request);
    // Behind a runner, a module or a shim (pyenv, asdf, mise) the program may change while this file does not.
    if (args.length > 0 || isShim(command)) return await ask();
    return await (await versionCache(ctx)).version(command, request.versionArgs, ask);
  } catch (error) {
    if (error instanceof NotThere) return undefined;
    throw error;
  }
}

/** There is a file, but no tool behind it. */
class NotThere extends Error {}

/** What a tool answers that prints no version number. */
const unknown = "unknown";

async function askVersion(ctx: GateContext, place: ToolPlace, request: VersionRequest): Promise<string> {
  const { name, versionArgs } = request;
  const tool = { ...place, info: { name, version: unknown, via: place.via } };
  // A module of the working directory could stand in for the tool, and its broken configuration stop it, so it is
  // asked in the empty output folder; a runner and a shim look into the project to know which tool is meant.
  const needsProject = isShim(place.command) || (place.args.length > 0 && place.args[0] !== "-m");
  const cwd = needsProject ? ctx.workspace.root : ctx.outDir;
  const options = { timeoutMs: limitMs, cwd, env: { PYTHONSAFEPATH: "1" } };
  const { code, stdout, stderr } = await runTool(ctx, tool, versionArgs, options).catch((error: unknown) => {
    throw isBreakage(error) && error.kind === "tool-missing" ? new NotThere() : error;
  });
  if (code === 0) return findVersion(stdout) ?? findVersion(stderr) ?? unknown;
  // 126 and 127 are a wrapper's word for "cannot run"; `python -m x` and `uv run x` answer 1 and 2.
  if (code === 126 || code === 127 || place.args.length > 0) throw new NotThere();
  throw new Breakage("tool-crash", {
    message: `${name} could not say its version: \`${[place.command, ...versionArgs].join(" ")}\` ended with ${code}`,
    why: excerpt(stderr) || excerpt(stdout) || "It printed nothing.",
  });
}

/** pyenv, asdf and mise put one program for all versions into a folder of this name. */
function isShim(command: string): boolean {
  return basename(dirname(command)) === "shims";
}
