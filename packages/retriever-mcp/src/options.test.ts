import { createKernel } from "@towpath/core";
import { describe, expect, it } from "vitest";
import retrieverMcp from "./index.ts";
import type { McpRetrieverUserOptions } from "./options.ts";

const good = { name: "code", preset: "serena" as const, command: ["serena"] };

describe("the options", () => {
  it("register one retriever for each server", async () => {
    const kernel = createKernel();
    const far = {
      name: "far",
      url: "https://example.org/mcp",
      tools: [{ tool: "look", arguments: { q: "{title}" } }],
    };
    await kernel.use(retrieverMcp({ servers: [good, far] }));
    expect([...kernel.retrievers.keys()]).toEqual(["code", "far"]);
  });

  it.each<[string, unknown]>([
    ["no server", { servers: [] }],
    ["two servers of one name", { servers: [good, good] }],
    ["a name that is no retriever's", { servers: [{ ...good, name: "Code 1" }] }],
    ["neither a preset nor tools", { servers: [{ name: "code", command: ["x"] }] }],
    ["both a preset and tools", { servers: [{ ...good, tools: [{ tool: "x", arguments: {} }] }] }],
    ["a command and a url", { servers: [{ ...good, url: "https://example.org" }] }],
    ["an empty command", { servers: [{ ...good, command: [] }] }],
    ["a command as one text", { servers: [{ ...good, command: "serena start" }] }],
    ["the value of a variable in place of its name", { servers: [{ ...good, env: ["TOKEN=abc"] }] }],
    [
      "a url without encryption",
      { servers: [{ name: "far", preset: "context7", url: "http://example.org/mcp" }] },
    ],
    [
      "a url with credentials",
      { servers: [{ name: "far", preset: "context7", url: "https://a:b@example.org/" }] },
    ],
    ["a url of another kind", { servers: [{ name: "far", preset: "context7", url: "file:///etc/passwd" }] }],
    ["a preset that is not known", { servers: [{ ...good, preset: "other" }] }],
    ["a key that is not known", { servers: [{ ...good, shell: true }] }],
    ["a limit above that of the run", { servers: [{ ...good, timeoutMs: 60_000 }] }],
  ])("refuse %s", async (_, options) => {
    expect(await retrieverMcp(options as McpRetrieverUserOptions).validate()).toMatchObject({ ok: false });
  });
});
