import { isDeepStrictEqual } from "node:util";
import { TowpathError } from "@towpath/core";

/** How clients start our server: the program of the project, never one that would have to be downloaded. */
const server = { command: "npx", args: ["--no", "--", "towpath", "mcp"] } as const;

/**
 * The configuration of MCP clients with our server in it. Nothing else in it is changed; where that cannot be
 * promised, as with comments or another form than JSON is printed in, nothing is.
 * @param file the file as it is; empty where there is none
 * @param shown name of the file for messages
 * @throws {TowpathError} TP6402 when it cannot be changed safely; says what to add by hand
 */
export function withServer(file: Buffer, shown: string): Buffer {
  const text = file.toString("utf8");
  if (text.trim() === "") return Buffer.from(printed({ mcpServers: { towpath: server } }, "  ", "\n"));
  const known = parsed(text);
  const servers = known?.["mcpServers"] ?? {};
  if (known === undefined || !isRecord(servers)) throw unsafe(shown);
  if (isDeepStrictEqual(servers["towpath"], server)) return file;
  const eol = text.includes("\r\n") ? "\r\n" : "\n";
  const indent = /\n([ \t]+)/.exec(text)?.[1] ?? "  ";
  const lastBreak = text.endsWith("\n") ? eol : "";
  const print = (value: unknown): string => printed(value, indent, eol).trimEnd() + lastBreak;
  // What we print would be the file itself but for our server.
  if (print(known) !== text) throw unsafe(shown);
  return Buffer.from(print({ ...known, mcpServers: { ...servers, towpath: server } }));
}

function printed(value: unknown, indent: string, eol: string): string {
  return `${JSON.stringify(value, undefined, indent)}\n`.replaceAll("\n", eol);
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    // The caller says what to do about it.
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function unsafe(shown: string): TowpathError {
  return new TowpathError("TP6402", {
    message: `${shown} cannot be updated: it would not stay the same but for our server`,
    where: [shown],
    fix: [`Add by hand under "mcpServers": "towpath": ${JSON.stringify(server)}`],
  });
}
