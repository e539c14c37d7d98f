import { z } from "zod";
import { type PresetName, presets } from "./presets.ts";

/** A command: the program and its arguments. Never a shell. */
export type Argv = readonly [string, ...string[]];

/** Who works. */
export type AgentChoice = PresetName | "none" | { readonly acp: Argv } | { readonly command: Argv };

/** The options with their defaults. */
export interface AgentAcpOptions {
  readonly agent: AgentChoice;
  readonly maxRounds: number;
  readonly contextTokens: number;
  readonly timeoutMs: number;
  readonly maxTokens?: number | undefined;
  readonly maxCost?: number | undefined;
  readonly env: readonly string[];
  readonly terminals: readonly string[];
  readonly mcp?: Argv | undefined;
}

/** What the user writes. */
export interface AgentAcpUserOptions {
  /** The name of a known agent; `{ acp: [...] }` for any that speaks the protocol; `{ command: [...] }` for a program that reads the task; `none`. */
  agent: PresetName | "none" | { acp: string[] } | { command: string[] };
  /**
   * Most rounds in one stage.
   * @default 5
   */
  maxRounds?: number | undefined;
  /**
   * Tokens of the session that the agent is told.
   * @default 4000
   */
  contextTokens?: number | undefined;
  /**
   * Wall-clock limit of one round in milliseconds.
   * @default 1800000
   */
  timeoutMs?: number | undefined;
  /**
   * Tokens that one round may use, as far as the agent tells.
   * @default no limit
   */
  maxTokens?: number | undefined;
  /**
   * What one round may cost, in the agent's own currency and as far as it tells.
   * @default no limit
   */
  maxCost?: number | undefined;
  /**
   * Names of variables that the agent gets from Towpath's own environment, such as the one with its key.
   * @default none
   */
  env?: string[] | undefined;
  /**
   * Programs that the agent may ask Towpath to run.
   * @default none
   */
  terminals?: string[] | undefined;
  /** Argv of the MCP server that the agent is told of. By default what `TOWPATH_MCP` holds, as a JSON list. */
  mcp?: string[] | undefined;
}

const argument = z
  .string()
  .min(1)
  .refine((text) => !text.includes("\0"), "an argument cannot hold a NUL");
const argv: z.ZodType<Argv, string[]> = z
  .array(argument)
  .min(1)
  .transform(([program = "", ...args]): Argv => [program, ...args]);
const variable = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "the name of a variable");
const program = z
  .string()
  .regex(/^(?:\/.+|[^/\\\0]+)$/, "the name of a program on PATH, or its absolute path");
const presetNames = Object.keys(presets) as [PresetName, ...PresetName[]];

/** Schema of the options. */
export const options: z.ZodType<AgentAcpOptions, AgentAcpUserOptions> = z.strictObject({
  agent: z.union([
    z.enum([...presetNames, "none"]),
    z.strictObject({ acp: argv }),
    z.strictObject({ command: argv }),
  ]),
  maxRounds: z.int().min(1).max(100).default(5),
  contextTokens: z.int().min(0).max(1_000_000).default(4_000),
  timeoutMs: z
    .int()
    .min(1)
    .max(4 * 3_600_000)
    .default(1_800_000),
  maxTokens: z.int().min(1).optional(),
  maxCost: z.number().positive().optional(),
  env: z.array(variable).default([]),
  terminals: z.array(program).default([]),
  mcp: argv.optional(),
});
