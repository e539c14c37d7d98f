import { resolve } from "node:path";
import type { GateContext } from "@towpath/core";
import { candidates, findPython, type Tool } from "@towpath/kit";
import { findConfig } from "./find-config.ts";
import { findPyright, type PyrightTool } from "./find-pyright.ts";

/** One component, ready to be checked. */
export interface Subject {
  readonly ctx: GateContext;
  /** The files to check, relative to the repository root. */
  readonly files: readonly string[];
  readonly tool: PyrightTool;
  /** Resolves the component's imports. */
  readonly python: Tool;
  /** Absolute path of the configuration in force, if there is one. */
  readonly config: string | undefined;
}

/**
 * Finds what a check needs.
 * @throws {Breakage} `no-input`, and what the look-ups of pyright and Python throw
 */
export async function prepare(ctx: GateContext): Promise<Subject> {
  const { root } = ctx.workspace;
  const [files, tool, python, config] = await Promise.all([
    candidates(ctx, { of: "source", suffixes: [".py", ".pyi"] }),
    findPyright(ctx),
    findPython(ctx),
    findConfig(root, resolve(root, ctx.component.source[0] ?? ".")),
  ]);
  return { ctx, files, tool, python, config };
}

/** Equal for components that one process may check: the same pyright, interpreter and configuration. */
export function groupKey({ tool, python, config }: Subject): string {
  return JSON.stringify([tool.args, python.command, config]);
}
