import { Breakage, isBreakage, type GateContext } from "@towpath/core";
import { excerpt } from "./text.ts";
import type { Tool } from "./tool.ts";

/** How a tool is run. */
export interface RunToolOptions {
  /** @default the repository root */
  readonly cwd?: string;
  /** Variables added to the allow-listed environment. */
  readonly env?: Record<string, string>;
  readonly stdin?: string;
  /** How many bytes of each stream are kept. @default 8 MiB */
  readonly maxOutputBytes?: number;
  /** In milliseconds. @default the limit of the gate */
  readonly timeoutMs?: number;
}

/** A tool that ended by itself with an exit code; what the code means is the gate's to say. */
export interface ToolRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly durationMs: number;
  /** The whole command, for messages. */
  readonly argv: readonly string[];
}

/**
 * Runs a tool to its ordinary end.
 * @throws {Breakage} `tool-missing` when it cannot be found or executed, `tool-crash` when it cannot be started or a
 *   signal ends it, `timeout` at a time limit, `cancelled` when the run is
 * @example const { code, stdout } = await runTool(ctx, ruff, ["check", "--", ...files.map(toolPath)]);
 */
export async function runTool(
  ctx: GateContext,
  tool: Tool,
  args: readonly string[],
  options: RunToolOptions = {},
): Promise<ToolRun> {
  const argv = [tool.command, ...tool.args, ...args];
  const result = await ctx.exec({
    cwd: ctx.workspace.root,
    ...options,
    command: tool.command,
    args: [...tool.args, ...args],
    signal: ctx.signal,
  });
  const { status, code, stdout, stderr, durationMs } = result;
  if (status === "exited" && code !== undefined) return { code, stdout, stderr, durationMs, argv };

  const { name } = tool.info;
  const why = excerpt(stderr) || excerpt(stdout) || undefined;
  const fix = [`Run it by hand: ${excerpt(argv.join(" "), 500)}`];
  const breakage = (
    kind: "tool-missing" | "tool-crash" | "timeout" | "cancelled",
    message: string,
  ): Breakage => new Breakage(kind, { message, fix, ...(why !== undefined && { why }) });
  switch (status) {
    case "not-started": {
      const { code: errno = "UNKNOWN", message = "" } = result.startError ?? {};
      const missing = errno === "ENOENT" || errno === "EACCES";
      throw breakage(
        missing ? "tool-missing" : "tool-crash",
        `${name} could not be started: ${errno} ${excerpt(message, 500)}`,
      );
    }
    case "timed-out":
      throw breakage("timeout", `${name} was stopped after ${Math.round(durationMs)} ms`);
    case "aborted":
      throw stopReason(ctx.signal) ?? breakage("cancelled", `${name} was cancelled`);
    default:
      throw breakage("tool-crash", `${name} was ended by ${result.signal ?? "an unknown cause"}`);
  }
}

/** Why the host stopped the gate, in its own words. */
function stopReason({ reason }: AbortSignal): Breakage | undefined {
  if (isBreakage(reason)) return reason;
  if (!(reason instanceof Error) || reason.name !== "TimeoutError") return undefined;
  return new Breakage("timeout", { message: reason.message, cause: reason });
}
