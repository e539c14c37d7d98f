import type { StopReason } from "@agentclientprotocol/sdk";
import type { AgentFiles } from "./agent-files.ts";
import type { Terminals } from "./terminals.ts";

/** What one round needs for the conversation. */
export interface Speech {
  /** Absolute path of the working folder. */
  readonly folder: string;
  readonly prompt: string;
  readonly files: AgentFiles;
  /** Absent when the agent may have nothing run. */
  readonly terminals?: Terminals;
  readonly mcp?: readonly [string, ...string[]] | undefined;
  readonly limits: { readonly timeoutMs: number; readonly maxTokens?: number; readonly maxCost?: number };
  /** Whether the agent was given a variable by name, which may hold a key. */
  readonly hasKey: boolean;
  /** How a person lets the agent log in. */
  readonly login: readonly string[];
  readonly signal: AbortSignal;
  log(line: string): void;
}

/** What an agent has used, as far as it tells. */
export interface Usage {
  readonly tokens?: number;
  readonly cost?: number;
  readonly currency?: string;
}

/** How a conversation ended. */
export interface SpeechEnd {
  /** `budget`: it was stopped, as it used more than it may. `gone`: the process ended amid the conversation. */
  readonly reason: StopReason | "budget" | "gone";
  /** In words, where there is more to say. */
  readonly detail?: string;
  /** The agent's last words, cut. */
  readonly summary: string;
  readonly usage: Usage;
}
