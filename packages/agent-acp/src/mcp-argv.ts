import { Breakage } from "@towpath/core";
import type { Argv } from "./options.ts";

/**
 * The argv of the MCP server as `TOWPATH_MCP` holds it: a JSON list of texts.
 * @param text nothing, or an empty text, means that there is none
 * @throws {Breakage} `tool-config` for anything else
 * @example mcpArgv('["towpath","mcp"]') // ["towpath", "mcp"]
 */
export function mcpArgv(text: string | undefined): Argv | undefined {
  if (text === undefined || text === "") return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (!Array.isArray(value) || value.length === 0 || !value.every((item) => typeof item === "string")) {
    throw new Breakage("tool-config", {
      message: "TOWPATH_MCP holds no list of texts as JSON",
      fix: [`e.g. TOWPATH_MCP='["towpath","mcp"]'`],
    });
  }
  const [program = "", ...args]: string[] = value;
  return [program, ...args];
}
