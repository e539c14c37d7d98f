import type { TargetContext } from "@towpath/core";
import { commandSupervisor } from "./command-supervisor.ts";
import type { Launch } from "./launch.ts";
import type { TargetOptions } from "./options.ts";
import { RunningService } from "./running-service.ts";
import { systemdSupervisor } from "./systemd-supervisor.ts";
import type { TargetFolder } from "./target-folder.ts";

/** Keeps the service in its place running. */
export interface Supervisor {
  /**
   * Ends what runs, and starts the service of a release.
   * @param values what stands for the placeholders
   * @returns whether the service still runs, as far as that can be told
   */
  restart(launch: Launch, values: Readonly<Record<string, string>>): Promise<() => boolean>;
  /** Ends what runs. */
  stop(): Promise<void>;
  /** What `restart` does, for people. */
  describe(): string;
}

/** The supervisor that the options name. */
export function supervisorOf(ctx: TargetContext, options: TargetOptions, target: TargetFolder): Supervisor {
  const { supervisor, drainMs } = options;
  if (supervisor === "none") return ownSupervisor(new RunningService(target, "place"), drainMs);
  if ("systemd" in supervisor) return systemdSupervisor(ctx, supervisor.systemd, drainMs);
  return commandSupervisor(ctx, supervisor.command);
}

function ownSupervisor(service: RunningService, drainMs: number): Supervisor {
  return {
    async restart(launch) {
      await service.stop(drainMs);
      return service.start(launch);
    },
    stop: () => service.stop(drainMs),
    describe: () =>
      `SIGTERM to the process group of the old service, SIGKILL after ${drainMs} ms; start the new one`,
  };
}
