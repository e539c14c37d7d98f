import { posix } from "node:path";
import type { GateContext } from "@towpath/core";
import { runTool, type Tool, toolPath } from "@towpath/kit";
import { configFiles } from "./config-files.ts";
import type { RuffCommand } from "./log.ts";
import { repoPaths } from "./repo-paths.ts";
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
 * @param places source and test paths, relative to the repository root; ruff itself looks for the files below
 * @throws {Breakage} what `settle` throws, and tool-missing, tool-crash, timeout or cancelled
 */
export async function runNative(
  ctx: GateContext,
  tool: Tool,
  command: RuffCommand,
  places: readonly string[],
): Promise<RuffRun> {
  const { root } = ctx.workspace;
  const exit = await runTool(
    ctx,
    tool,
    [...ARGS[command], "--verbose", "--force-exclude", "--no-cache", "--output-format", "json", "--", ...places.map(toolPath)],
    { env: isolated(ctx), maxOutputBytes: MAX_OUTPUT_BYTES },
  );
  const { diagnostics, log } = settle(command, exit);
  const paths = repoPaths(root);
  const own = diagnostics.flatMap((diagnostic) => {
    const file = diagnostic.file === undefined ? "." : paths.of(diagnostic.file);
    return file === undefined ? [] : [{ ...diagnostic, file }];
  });
  const checked = new Set(log.checked.flatMap((file) => paths.of(file) ?? []));
  return {
    tool: tool.info,
    checked,
    diagnostics: own.filter((diagnostic) => !isUnreadable(diagnostic)),
    unreadable: [
      ...own.filter(isUnreadable).map(({ file, message }) => ({ file, reason: message })),
      ...log.unreadable.map(({ file, reason }) => ({ file: paths.of(file) ?? file, reason })),
    ],
    unconfigured: log.config === undefined && !(await isConfigured(root, checked)),
    notes: [],
    warnings: outsideWarnings(root, log.config, paths.outside()),
  };
}

/** Ruff's log names the configuration of the working directory alone; folders below may have their own. */
async function isConfigured(root: string, files: ReadonlySet<string>): Promise<boolean> {
  const config = configFiles(root);
  const folders = new Set([...files].map((file) => posix.dirname(posix.join(root, file))));
  const found = await Promise.all([...folders].map((folder) => config.nearest(folder)));
  return found.every((file) => file !== undefined);
}

function outsideWarnings(root: string, config: string | undefined, files: readonly string[]): string[] {
  const warnings: string[] = [];
  if (config !== undefined && !config.startsWith(`${root}/`)) {
    warnings.push(`ruff's configuration ${config} lies outside the repository: on another machine ruff may decide otherwise`);
  }
  if (files.length > 0) warnings.push(`not counted, as they lie outside the repository: ${files.join(", ")}`);
  return warnings;
}

/** Keeps a user's own ruff configuration out, so that every machine decides alike. */
export function isolated(ctx: GateContext): Record<string, string> {
  return { XDG_CONFIG_HOME: ctx.outDir };
}
