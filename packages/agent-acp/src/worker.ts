import { posix } from "node:path";
import { Breakage, type ExecResult } from "@towpath/core";
import { excerpt } from "@towpath/kit";
import type { AgentAcpOptions, Argv } from "./options.ts";
import { type Preset, presets } from "./presets.ts";

/** Who works, looked up from the options. */
export interface Worker {
  /** As it is called in messages and in the journal. */
  readonly name: string;
  readonly how: "acp" | "command";
  readonly argv: Argv;
  readonly preset?: Preset;
}

/** Who is to work, or nobody. */
export function workerOf({ agent }: AgentAcpOptions): Worker | undefined {
  if (agent === "none") return undefined;
  if (typeof agent === "string") {
    const preset = presets[agent];
    return { name: agent, how: "acp", argv: preset.argv, preset };
  }
  if ("acp" in agent) return { name: nameOf(agent.acp), how: "acp", argv: agent.acp };
  return { name: nameOf(agent.command), how: "command", argv: agent.command };
}

/** What it means that an agent could not be started. */
export function notStarted({ name, argv, preset }: Worker, { startError }: ExecResult): Breakage {
  const missing = startError?.code === "ENOENT" || startError?.code === "EACCES";
  return new Breakage(missing ? "tool-missing" : "environment", {
    message: `the agent ${name} cannot be started: ${startError?.message ?? "no reason is known"}`,
    why: "Towpath installs no agent by itself.",
    fix: preset === undefined ? [`Check the option \`agent\`: ${argv.join(" ")}`] : [preset.install],
  });
}

/** What it means that an agent's process ended before its turn did. */
export function died({ name }: Worker, { status, code, signal, stderr }: ExecResult): Breakage {
  if (status === "aborted") return new Breakage("cancelled", { message: "the agent was stopped" });
  const how = status === "exited" ? `ended with code ${code}` : `was ended by ${signal ?? status}`;
  return new Breakage("tool-crash", {
    message: `the agent ${name} ${how} before its turn was over`,
    ...(stderr.trim() === "" ? {} : { why: excerpt(stderr.slice(-2_000), 1_000) }),
  });
}

/** What a person does to let an agent log in. */
export function loginOf({ preset }: Worker): readonly string[] {
  if (preset === undefined)
    return ["Log the agent in, or name the variable with its key in the option `env`."];
  const keys = preset.keys.map((key) => `or name its key in the options: env: [${key}]`);
  return [preset.login, ...keys];
}

/** The program's name, or that of the script that it runs. */
function nameOf([program, script]: Argv): string {
  const name = posix.basename(program);
  const isInterpreter = /^(?:node|deno|bun|python[\d.]*|uv|sh|bash)$/.test(name);
  return isInterpreter && script?.startsWith("-") === false ? posix.parse(script).name : name;
}
