import { describe, expect, it } from "vitest";
import { withServer } from "./json-server.ts";

const update = (text: string): string => withServer(Buffer.from(text), ".mcp.json").toString();
const other = { command: "node", args: ["server.mjs"] };

describe("the configuration of MCP clients", () => {
  it("starts the program of the project, and never downloads one", () => {
    expect(JSON.parse(update(""))).toEqual({
      mcpServers: { towpath: { command: "npx", args: ["--no", "--", "towpath", "mcp"] } },
    });
  });

  it.each([
    ["two spaces", (value: unknown) => `${JSON.stringify(value, undefined, 2)}\n`],
    ["tabs, without a last line break", (value: unknown) => JSON.stringify(value, undefined, "\t")],
    [
      "line ends of Windows",
      (value: unknown) => `${JSON.stringify(value, undefined, 4)}\n`.replaceAll("\n", "\r\n"),
    ],
  ])("keeps what is there, in its form: %s", (_, print) => {
    const theirs = { inputs: [{ id: "x" }], mcpServers: { other } };
    const text = update(print(theirs));
    const ours = (JSON.parse(update("")) as { mcpServers: { towpath: unknown } }).mcpServers.towpath;
    expect(text).toBe(print({ ...theirs, mcpServers: { other, towpath: ours } }));
    expect(update(text)).toBe(text);
  });

  it.each([
    ["comments", '{\n  // ours\n  "mcpServers": {}\n}\n'],
    ["another form than JSON is printed in", '{ "mcpServers": {} }\n'],
    ["no JSON", "nonsense"],
    ["a list", "[]\n"],
    ["servers that are none", '{\n  "mcpServers": []\n}\n'],
    ["a key twice", '{\n  "a": 1,\n  "a": 2\n}\n'],
  ])("is left alone where it has %s, and says what to add", (_, text) => {
    expect(() => update(text)).toThrow(".mcp.json cannot be updated");
  });

  it("is never changed where our server stands in it already, whatever its form", () => {
    const text = '{"mcpServers":{"towpath":{"command":"npx","args":["--no","--","towpath","mcp"]}}}';
    expect(update(text)).toBe(text);
  });
});
