import { posix } from "node:path";
import type { GateContext } from "@towpath/core";
import { runTool, type Tool, toolPath, toRepoPath } from "@towpath/kit";
import { configFiles } from "./config-files.ts";
import type { RuffCommand } from "./log.ts";
import type { RuffRun } from "./run.ts";
import { isUnreadable, settle } from "./settle.ts";

/** A report of all of a large project's issues has some tens of MiB. */
const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;

/** Flags win over the project's configuration, which may neither edit files nor switch the report off. */
const ARGS: Readonly<Record<RuffCommand, readonly string[]>> = {
  check: ["check", "--no-fix", "--no-fix-only"],
  format: ["format", "--check"],
};

/**
 * Runs the ruff program, without changing a file.
 * @param paths source and test paths, relative to the repository root; ruff itself looks for the files below
 * @throws {Breakage} what `settle` throws, and tool-missing, tool-crash, timeout or cancelled
 */
export async function runNative(
  ctx: GateContext,
  tool: Tool,
  command: RuffCommand,
  paths: readonly string[],
): Promise<RuffRun> {
  const { root } = ctx.workspace;
  const exit = await runTool(
    ctx,
    tool,
    [...ARGS[command], "--verbose", "--force-exclude", "--no-cache", "--output-format", "json", "--", ...paths.map(toolPath)],
    { env: isolated(ctx), maxOutputBytes: MAX_OUTPUT_BYTES },
  );
  const { diagnostics, log } = settle(command, exit);
  const known = new Map<string, string>();
  const repoPath = (file: string): string => {
    const path = known.get(file) ?? toRepoPath(root, file);
    known.set(file, path);
    return path;
  };
  const unreadable = diagnostics.filter(isUnreadable).map(({ file, message }) => ({ file: file ?? ".", reason: message }));
  return {
    tool: tool.info,
    checked: new Set(log.checked.map(repoPath)),
    diagnostics: diagnostics
      .filter((diagnostic) => !isUnreadable(diagnostic))
      .map((diagnostic) => ({ ...diagnostic, file: diagnostic.file && repoPath(diagnostic.file) })),
    unreadable: [...unreadable, ...log.unreadable].map(({ file, reason }) => ({ file: repoPath(file), reason })),
    unconfigured: log.config === undefined && !(await isConfigured(root, log.checked)),
    notes: [],
    warnings: outsideWarnings(root, log.config),
  };
}

/** Ruff's log names the configuration of the working directory alone; folders below may have their own. */
async function isConfigured(root: string, files: readonly string[]): Promise<boolean> {
  const config = configFiles(root);
  const folders = new Set(files.map((file) => posix.dirname(file)));
  const found = await Promise.all([...folders].map((folder) => config.nearest(folder)));
  return found.every((file) => file !== undefined);
}

function outsideWarnings(root: string, config: string | undefined): string[] {
  if (config === undefined || config.startsWith(`${root}/`)) return [];
  return [`ruff's configuration ${config} lies outside the repository: on another machine ruff may decide otherwise`];
}

/** Keeps a user's own ruff configuration out, so that every machine decides alike. */
export function isolated(ctx: GateContext): Record<string, string> {
  return { XDG_CONFIG_HOME: ctx.outDir };
}
