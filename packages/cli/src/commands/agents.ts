import { realpath } from "node:fs/promises";
import { TowpathError } from "@towpath/core";
import type { Command } from "commander";
import { agentFiles, type AgentFile } from "../agent-files/agent-files.ts";
import type { AgentFileKind } from "../agent-files/kinds.ts";
import { agentFileStates, writeAgentFiles, type AgentFileState } from "../agent-files/agent-file-states.ts";
import type { GlobalOptions } from "../global-options.ts";
import { printDocument } from "../print-document.ts";
import { capabilitiesOf } from "./capabilities.ts";
import { columns } from "./columns.ts";

/** The flags of `agents init` and `agents check`. */
export interface AgentsFlags {
  readonly only?: readonly AgentFileKind[];
  readonly mcp?: boolean;
  /** For `init` alone. */
  readonly dryRun?: boolean;
}

/** `towpath agents init`: writes the files by which coding agents find their way, or brings them up to date. */
export async function initAgents(flags: AgentsFlags, options: GlobalOptions): Promise<number> {
  const root = await realpath(options.cwd);
  const files = wanted(flags);
  const dryRun = flags.dryRun ?? false;
  const states = dryRun ? await agentFileStates(root, files) : await writeAgentFiles(root, files);
  if (printDocument(options.reporter, "agent-files", { dryRun, files: states })) return 0;
  const words = { same: "unchanged", missing: "written", differs: "updated" };
  const would = dryRun ? "would be " : "";
  print(states, ({ state }) => (state === "same" ? words[state] : `${would}${words[state]}`));
  return 0;
}

/** `towpath agents check`: whether `agents init` would change anything; 1 where it would. */
export async function checkAgents(flags: AgentsFlags, options: GlobalOptions): Promise<number> {
  const states = await agentFileStates(await realpath(options.cwd), wanted(flags));
  const exit = states.every(({ state }) => state === "same") ? 0 : 1;
  const { code, message, fix } = new TowpathError("TP6401").data;
  const why = exit === 0 ? {} : { code, fix };
  if (printDocument(options.reporter, "agent-files", { exit, ...why, files: states })) return exit;
  print(states, ({ state }) => state);
  if (exit === 1)
    process.stderr.write(`${message}   ${code}\n${fix.map((step) => `  fix   ${step}\n`).join("")}`);
  return exit;
}

/** `towpath agents capabilities`: commands, flags, exit codes and formats, so that nobody has to read help. */
export function showCapabilities(options: GlobalOptions, program: Command): number {
  const capabilities = capabilitiesOf(program);
  if (printDocument(options.reporter, "capabilities", { ...capabilities })) return 0;
  const rows = capabilities.commands.map(({ command, options: own, description }) => [
    command,
    own.map(({ flags }) => flags).join(", "),
    description,
  ]);
  process.stdout.write(columns(["command", "options", ""], rows));
  return 0;
}

function wanted({ only, mcp = false }: AgentsFlags): readonly AgentFile[] {
  return agentFiles(mcp).filter(({ kind }) => only === undefined || only.includes(kind));
}

function print(states: readonly AgentFileState[], said: (state: AgentFileState) => string): void {
  process.stdout.write(
    columns(
      ["file", ""],
      states.map((state) => [state.path, said(state)]),
    ),
  );
}
