import type { TargetContext } from "@towpath/core";
import { fill } from "./launch.ts";
import type { SupervisorOptions } from "./options.ts";
import { runCommand } from "./run-command.ts";
import type { Supervisor } from "./supervisor.ts";

type CommandOptions = Extract<SupervisorOptions, { command: unknown }>["command"];

/** A run kills what it left behind, known by these variables; what `start` starts is to stay. */
const outOfTheRun = ["env", "-u", "TOWPATH_RUN_ID", "-u", "TOWPATH_CALL_ID"];

/** Leaves starting and stopping to the user's own programs. */
export function commandSupervisor(ctx: TargetContext, { start, stop }: CommandOptions): Supervisor {
  return {
    async restart({ program, args, env }, values) {
      await runCommand(ctx, stop);
      const argv = start.flatMap((text) => (text === "{run}" ? [program, ...args] : [fill(text, values)]));
      await runCommand(ctx, [...outOfTheRun, ...argv], env);
      return () => true;
    },
    async stop() {
      await runCommand(ctx, stop);
    },
    describe: () => `${stop.join(" ")}; ${start.join(" ")}`,
  };
}
