import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createMcpHandler, McpServer } from "@modelcontextprotocol/server";
import type { Retrieval } from "@towpath/core";
import { project } from "@towpath/testkit";
import { describe, expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { contextFor, specOf } from "../test/testing.ts";
import { mcpRetriever } from "./mcp-retriever.ts";

const spec = specOf({ "FR-1": "Keep the order" });

function testServer(): McpServer {
  const server = new McpServer({ name: "test", version: "1.0.0" });
  server.registerTool(
    "look",
    { description: "x", inputSchema: z.object({ query: z.string() }) },
    ({ query }) => ({
      content: [{ type: "text", text: `about ${query}` }],
    }),
  );
  return server;
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
}

/** Serves MCP as the SDK does, and tells what it was sent. */
async function serve(legacy: "stateless" | "reject", heard: IncomingMessage[] = []): Promise<string> {
  const handler = createMcpHandler(testServer, { legacy });
  return listen(
    createServer(async (request, response) => {
      heard.push(request);
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const headers = Object.entries(request.headers).map(([name, value]): [string, string] => [
        name,
        String(value),
      ]);
      const answer = await handler.fetch(
        new Request(`http://${request.headers.host}${request.url}`, {
          method: request.method ?? "POST",
          headers,
          ...(chunks.length === 0 ? {} : { body: Buffer.concat(chunks) }),
        }),
      );
      response.writeHead(answer.status, Object.fromEntries(answer.headers));
      response.end(Buffer.from(await answer.arrayBuffer()));
    }),
  );
}

async function retrieve(
  url: string,
  setup: {
    readonly headers?: Readonly<Record<string, string>>;
    readonly env?: Readonly<Record<string, string>>;
    readonly timeoutMs?: number;
    readonly signal?: AbortSignal;
  } = {},
): Promise<Retrieval> {
  const { root } = await project({ "src/shelf/a.py": "" });
  const { headers = {}, env = {}, timeoutMs = 30_000, ...rest } = setup;
  const retriever = mcpRetriever({
    name: "far",
    url,
    headers,
    timeoutMs,
    tools: [{ tool: "look", for: "requirement", arguments: { query: "{id}" }, max: 3 }],
  });
  return retriever.retrieve({ spec, limit: 5 }, await contextFor(root, { env, ...rest }));
}

describe("a server on the network", () => {
  it.each(["stateless", "reject"] as const)("answers in both eras of the protocol: %s", async (legacy) => {
    const found = await retrieve(await serve(legacy));
    expect(found.reason).toBeUndefined();
    expect(found).toMatchObject({ consulted: true, hits: [{ path: "mcp:far/look#FR-1" }] });
  });

  it("answers when it knows nothing but the handshake of old", async () => {
    const results: Readonly<Record<string, unknown>> = {
      initialize: {
        protocolVersion: "2025-03-26",
        capabilities: { tools: {} },
        serverInfo: { name: "x", version: "1" },
      },
      "tools/list": { tools: [{ name: "look", inputSchema: { type: "object" } }] },
      "tools/call": { content: [{ type: "text", text: "words" }] },
    };
    const url = await listen(
      createServer(async (request, response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of request) chunks.push(chunk as Buffer);
        if (request.method !== "POST") return response.writeHead(405).end();
        const { id, method } = JSON.parse(Buffer.concat(chunks).toString()) as {
          readonly id?: number;
          readonly method: string;
        };
        if (id === undefined) return response.writeHead(202).end();
        const result = results[method];
        const answer =
          result === undefined ? { error: { code: -32_601, message: "no such method" } } : { result };
        response.writeHead(200, { "content-type": "application/json" });
        return response.end(JSON.stringify({ jsonrpc: "2.0", id, ...answer }));
      }),
    );
    expect((await retrieve(url)).hits[0]?.text).toBe("[answer of far, unverified]\nwords");
  });

  it("gets the headers whose values lie in the environment", async () => {
    const heard: IncomingMessage[] = [];
    await retrieve(await serve("stateless", heard), {
      headers: { "X-Key": "FAR_KEY" },
      env: { FAR_KEY: "k-1234567" },
    });
    expect(heard.length).toBeGreaterThan(1);
    expect(heard.every(({ headers }) => headers["x-key"] === "k-1234567")).toBe(true);
  });

  it("is not asked when a variable is missing", async () => {
    const heard: IncomingMessage[] = [];
    const found = await retrieve(await serve("stateless", heard), { headers: { "X-Key": "FAR_KEY" } });
    expect(found).toMatchObject({ consulted: false, reason: "the variable FAR_KEY is not set" });
    expect(heard).toEqual([]);
  });

  it("was not consulted when nobody listens", async () => {
    const server = createServer();
    const url = await listen(server);
    await new Promise((resolve) => server.close(resolve));
    expect(await retrieve(url)).toMatchObject({
      consulted: false,
      reason: expect.stringContaining("ECONNREFUSED"),
      hits: [],
    });
  });

  it("was not consulted when it does not answer in time, or the run is stopped", async () => {
    const url = await listen(createServer(() => {}));
    expect(await retrieve(url, { timeoutMs: 300 })).toMatchObject({
      consulted: false,
      reason: "the server did not answer within 300 ms",
    });
    const stop = new AbortController();
    const asked = await listen(createServer(() => stop.abort()));
    expect(await retrieve(asked, { signal: stop.signal })).toMatchObject({
      consulted: false,
      reason: "the run was stopped",
    });
  });

  it.each([
    ["says no", 403, "forbidden for \u001b[31myou"],
    ["is no MCP server", 200, "<html>hello</html>"],
    ["breaks", 500, "oops"],
  ])("was not consulted when it %s", async (_, status, body) => {
    const url = await listen(
      createServer((_request, response) =>
        response.writeHead(status, { "content-type": "text/html" }).end(body),
      ),
    );
    const found = await retrieve(url);
    expect(found).toEqual({ retriever: "far", consulted: false, reason: expect.any(String), hits: [] });
    expect(found.reason).not.toContain("\u001b");
  });

  it("is not followed to another host, which would get its headers", async () => {
    const heard: IncomingMessage[] = [];
    const other = (await serve("stateless", heard)).replace("127.0.0.1", "localhost");
    const url = await listen(
      createServer((_request, response) => response.writeHead(307, { location: other }).end()),
    );
    expect(
      await retrieve(url, { headers: { "X-Key": "FAR_KEY" }, env: { FAR_KEY: "k-1234567" } }),
    ).toMatchObject({
      consulted: false,
    });
    expect(heard).toEqual([]);
  });

  it("was not consulted when it sends without end", async () => {
    const url = await listen(
      createServer((_request, response) => {
        response.writeHead(200, { "content-type": "application/json" });
        const more = (): void => {
          while (response.write(" ".repeat(64 * 1024)));
          response.once("drain", more);
        };
        more();
      }),
    );
    expect(await retrieve(url)).toMatchObject({
      consulted: false,
      reason: expect.stringContaining("longer than 8388608 bytes"),
    });
  });
});
