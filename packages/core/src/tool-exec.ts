import { randomBytes } from "node:crypto";
import { basename } from "node:path";
import type { Exec } from "./exec.ts";
import type { ToolCall } from "./hooks.ts";
import type { Host } from "./host.ts";
import type { Kernel } from "./kernel.ts";

/**
 * The host's `exec` as plugins get it: with the variables of the hook `toolEnv`, stopped by a signal, and told of in the
 * event `tool`, by the program's name and never by its arguments.
 */
export function toolExec(
  { kernel, host }: { readonly kernel: Kernel; readonly host: Pick<Host, "exec"> },
  owner: Omit<ToolCall, "call">,
  signal: AbortSignal,
): Exec {
  return async (asked) => {
    const call = randomBytes(8).toString("hex");
    const added = await kernel.hooks.toolEnv.promise({}, { ...owner, call });
    const env = { ...added, ...asked.env };
    const signals = asked.signal === undefined ? signal : AbortSignal.any([signal, asked.signal]);
    const ended = await host.exec({ ...asked, env, signal: signals });
    const { status, code, durationMs } = ended;
    kernel.bus.emit("tool", {
      gate: owner.gate,
      component: owner.component,
      call,
      program: basename(asked.command),
      status,
      ...(code === undefined ? {} : { code }),
      durationMs,
    });
    return ended;
  };
}
