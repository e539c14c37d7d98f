import type { TargetContext } from "@towpath/core";
import { fill } from "./launch.ts";
import type { SupervisorOptions } from "./options.ts";
import { runCommand } from "./run-command.ts";
import type { Supervisor } from "./supervisor.ts";

type CommandOptions = Extract<SupervisorOptions, { command: unknown }>["command"];

/** Leaves starting and stopping to the user's own programs. */
export function commandSupervisor(ctx: TargetContext, { start, stop }: CommandOptions): Supervisor {
  return {
    async restart({ program, args, env }, values) {
      await runCommand(ctx, stop);
      const argv = start.flatMap((text) => (text === "{run}" ? [program, ...args] : [fill(text, values)]));
      await runCommand(ctx, argv, env);
      return () => true;
    },
    async stop() {
      await runCommand(ctx, stop);
    },
    describe: () => `${stop.join(" ")}; ${start.join(" ")}`,
  };
}
