import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { Breakage, type TargetContext } from "@towpath/core";
import { writeAtomic } from "@towpath/kit";
import type { Launch } from "./launch.ts";
import type { SupervisorOptions } from "./options.ts";
import { runCommand } from "./run-command.ts";
import type { Supervisor } from "./supervisor.ts";

type SystemdOptions = Extract<SupervisorOptions, { systemd: unknown }>["systemd"];

/** Leaves starting and stopping to systemd, with a unit file that is written for each release. */
export function systemdSupervisor(
  ctx: TargetContext,
  { unit, user }: SystemdOptions,
  drainMs: number,
): Supervisor {
  const name = `${unit.replace(/\.service$/, "")}.service`;
  const systemctl = (...args: readonly string[]): Promise<string> =>
    runCommand(ctx, ["systemctl", ...(user ? ["--user"] : []), ...args], busOf(ctx));
  return {
    async restart(launch) {
      const folder = unitFolder(ctx, user);
      await mkdir(folder, { recursive: true });
      await writeAtomic(join(folder, name), unitFile(ctx.component.name, launch, drainMs, user));
      await systemctl("daemon-reload");
      await systemctl("restart", name);
      return () => true;
    },
    async stop() {
      await systemctl("stop", name);
    },
    describe: () => `write ${name}; systemctl ${user ? "--user " : ""}daemon-reload; restart ${name}`,
  };
}

/** The unit of a release. It names the release's own folder, so that a running service never sees another's files. */
export function unitFile(component: string, launch: Launch, drainMs: number, user: boolean): string {
  const { program, args, cwd, env, log } = launch;
  return [
    "[Unit]",
    `Description=${component} (deployed by Towpath)`,
    "",
    "[Service]",
    "Type=exec",
    `WorkingDirectory=${cwd.replaceAll("%", "%%")}`,
    ...Object.entries(env).map(([key, value]) => `Environment=${quote(`${key}=${value}`)}`),
    `ExecStart=${[program, ...args].map((text) => quote(text).replaceAll("$", "$$$$")).join(" ")}`,
    `StandardOutput=append:${log.replaceAll("%", "%%")}`,
    `StandardError=append:${log.replaceAll("%", "%%")}`,
    "KillMode=control-group",
    `TimeoutStopSec=${drainMs}ms`,
    "Restart=on-failure",
    "RestartSec=1",
    "",
    "[Install]",
    `WantedBy=${user ? "default" : "multi-user"}.target`,
    "",
  ].join("\n");
}

/** A word as systemd reads it: escapes like C, and `%` is its own sign. */
function quote(text: string): string {
  const escaped = text
    .replaceAll("\\", "\\\\")
    .replaceAll('"', '\\"')
    .replaceAll("\n", "\\n")
    .replaceAll("\r", "\\r")
    .replaceAll("\t", "\\t")
    .replaceAll("%", "%%");
  return `"${escaped}"`;
}

function unitFolder({ env }: TargetContext, user: boolean): string {
  if (!user) return "/etc/systemd/system";
  const home = env["XDG_CONFIG_HOME"] || (env["HOME"] && join(env["HOME"], ".config"));
  if (home) return join(home, "systemd", "user");
  throw new Breakage("environment", {
    message: "neither XDG_CONFIG_HOME nor HOME says where the units of this user lie",
  });
}

/** How `systemctl --user` finds its manager. */
function busOf({ env }: TargetContext): Record<string, string> {
  const names = ["XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS"];
  return Object.fromEntries(
    names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]] as const])),
  );
}
