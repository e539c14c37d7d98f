import { posix, relative, resolve, sep } from "node:path";
import { Breakage, type GateContext } from "@towpath/core";
import { runTool, type Tool, toolPath } from "@towpath/kit";
import { below } from "./below.ts";
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
 * @param places source and test paths, relative to the repository root; ruff itself looks for the files below
 * @throws {Breakage} what `settle` throws, mismatch for a file that was not asked for, and tool-missing, tool-crash, timeout or cancelled
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
    [
      ...ARGS[command],
      "--verbose",
      "--force-exclude",
      "--no-cache",
      "--output-format",
      "json",
      "--",
      ...places.map(toolPath),
    ],
    { env: isolated(ctx), maxOutputBytes: MAX_OUTPUT_BYTES },
  );
  const { diagnostics, log } = settle(command, exit);
  const isAsked = below(places);
  const repoPath = (file: string): string => {
    const path = relative(root, resolve(root, file)).split(sep).join("/");
    if (isAsked(path)) return path;
    throw new Breakage("mismatch", { message: `ruff reported on ${file}, which it was not asked to check` });
  };
  const own = diagnostics.map((diagnostic) => ({
    ...diagnostic,
    file: diagnostic.file === undefined ? undefined : repoPath(diagnostic.file),
  }));
  const checked = new Set(log.checked.map(repoPath));
  return {
    tool: tool.info,
    checked,
    diagnostics: own.filter((diagnostic) => !isUnreadable(diagnostic)),
    unreadable: [
      ...own.filter(isUnreadable).map(({ file, message }) => ({ file, reason: message })),
      ...log.unreadable.map(({ file, reason }) => ({ file: repoPath(file), reason })),
    ],
    unsupported: new Set(),
    unconfigured: log.config === undefined ? await unconfigured(root, checked) : new Set(),
    notes: [],
    warnings: foreignConfig(root, log.config),
  };
}

/** Ruff's log names the configuration of the working directory alone; folders below may have their own. */
async function unconfigured(root: string, files: ReadonlySet<string>): Promise<ReadonlySet<string>> {
  const config = configFiles(root);
  const found = await Promise.all(
    [...files].map((file) => config.nearest(posix.dirname(posix.join(root, file)))),
  );
  return new Set([...files].filter((_, index) => found[index] === undefined));
}

function foreignConfig(root: string, config: string | undefined): string[] {
  if (config === undefined || config.startsWith(`${root}${sep}`)) return [];
  return [
    `ruff's configuration ${config} lies outside the repository: on another machine ruff may decide otherwise`,
  ];
}

/** Keeps a user's own ruff configuration out, so that every machine decides alike. */
export function isolated(ctx: GateContext): Record<string, string> {
  return { XDG_CONFIG_HOME: ctx.outDir };
}
