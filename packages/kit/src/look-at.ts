import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { relative, resolve } from "node:path";
import {
  isBreakage,
  type GateContext,
  type GateEnvironment,
  type ListedFiles,
  type ToolDependence,
} from "@towpath/core";
import { childEnv } from "./child-env.ts";
import { toRepoPath } from "./paths.ts";
import { interpreterOf } from "./program.ts";
import { pythonEnvironment, toolIdentity } from "./python-environment.ts";
import { findPython, findTool, type Tool } from "./tool.ts";
import { wishFor } from "./tool-places.ts";

/** What was seen during one look at a tree that does not change meanwhile, so that no folder is read twice. */
export type Seen = Map<string, unknown>;

/**
 * Looks at what a gate depends on: the `lookAt` of core's host. The answers have no meaning of their own; they are equal
 * when nothing that the gate named has changed.
 * @param seen shared by looks that belong together @default nothing is shared
 * @throws {Breakage} what `findTool` and `findPython` throw; `environment` when nobody knows what is installed
 */
export async function lookAt(
  environment: GateEnvironment,
  ctx: GateContext,
  seen: Seen = new Map(),
): Promise<unknown> {
  const { tools = [], python, files = [], listed = [], variables = [] } = environment;
  const { root } = ctx.workspace;
  return {
    tools: await Promise.all(tools.map((tool) => lookAtTool(tool, ctx, seen))),
    python: python === undefined ? null : await lookAtPython(python === "packages", ctx, seen),
    files:
      files.length === 0
        ? null
        : await ctx.workspace.digest(files.map((file) => relative(root, resolve(root, file)))),
    listed: await Promise.all(listed.map((one) => lookAtListed(one, ctx))),
    variables: Object.fromEntries(
      variables.flatMap((name) => {
        const value = ctx.env[name];
        return value === undefined ? [] : [[name, sha256(value)]];
      }),
    ),
    // Whatever is started inherits these: a time zone or a language may decide a test.
    inherited: sha256(JSON.stringify(Object.entries(childEnv({ env: ctx.env, fixed: {} })).toSorted())),
  };
}

async function lookAtTool(
  { packages = false, optional = false, ...request }: ToolDependence,
  ctx: GateContext,
  seen: Seen,
): Promise<unknown> {
  try {
    return identify(ctx, await findTool(ctx, request), packages, seen);
  } catch (error) {
    const absent = isBreakage(error) && (error.kind === "tool-missing" || error.kind === "untrusted");
    if (absent && optional && wishFor(ctx, request.name, request.command) === undefined)
      return { absent: error.kind };
    throw error;
  }
}

async function lookAtPython(packages: boolean, ctx: GateContext, seen: Seen): Promise<unknown> {
  const key = `python ${ctx.component.name}`;
  const known = seen.get(key) as Promise<Tool> | undefined;
  const finding = known ?? findPython(ctx);
  seen.set(key, finding);
  return identify(ctx, await finding, packages, seen);
}

function identify(ctx: GateContext, tool: Tool, packages: boolean, seen: Seen): unknown {
  const script = scriptDigest(tool.command);
  return packages
    ? { ...pythonEnvironment(ctx, tool, seen), script }
    : { tool: toolIdentity(tool.info), script };
}

/** The text of a script decides what it does, whatever version it tells; a program has its version. */
function scriptDigest(command: string): string | null {
  return interpreterOf(command) === undefined ? null : sha256(readFileSync(command));
}

function sha256(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

async function lookAtListed({ paths, suffixes }: ListedFiles, { workspace }: GateContext): Promise<unknown> {
  const inside = paths.filter((path) => staysInside(workspace.root, path));
  const { files } = await workspace.list(inside);
  const counted = files.filter((file) => suffixes?.some((end) => file.endsWith(end)) ?? true);
  return {
    outside: paths.filter((path) => !inside.includes(path)),
    files: await workspace.digest(counted),
  };
}

function staysInside(root: string, path: string): boolean {
  try {
    toRepoPath(root, path);
    return true;
  } catch {
    return false;
  }
}
