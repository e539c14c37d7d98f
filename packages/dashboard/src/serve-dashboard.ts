import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { TowpathError } from "@towpath/core";
import { followJournal, type Follower, type FollowerParts } from "./follow-journal.ts";
import { pageDocument, pagePolicy } from "./page-document.ts";

/** How the pages are served. */
export interface DashboardOptions extends FollowerParts {
  /** @default 0, a free one */
  readonly port?: number;
}

/** A server of the pages. */
export interface DashboardServer {
  /** Where the pages are. */
  readonly url: string;
  /** Ends it, and every connection. */
  close(): Promise<void>;
}

/** How often an idle connection is told that it still is one, in milliseconds. */
const heartbeatMs = 15_000;

/**
 * Serves the pages to browsers on this machine, and tells them of every event that is written to the journal. Nothing can
 * be changed through it.
 * @throws {TowpathError} TP1001 when the port is taken or not allowed
 */
export async function serveDashboard(options: DashboardOptions): Promise<DashboardServer> {
  const follower = followJournal(options);
  const headers = {
    "content-security-policy": `${pagePolicy(true)}; frame-ancestors 'none'`,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
  };
  const document = pageDocument();
  const server = createServer((request, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    answer(request, response, { server, follower, document });
  });
  try {
    await listen(server, options.port ?? 0);
  } catch (error) {
    follower.close();
    throw error;
  }
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    close: () =>
      new Promise((resolve) => {
        follower.close();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Parts {
  readonly server: Server;
  readonly follower: Follower;
  readonly document: string;
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { server, follower, document }: Parts,
): void {
  // Another name may lead here, too: a page of its own could then read what this one shows.
  if (!isOwnHost(request.headers.host, server)) return refuse(response, 421, "ask for 127.0.0.1");
  if (request.method !== "GET" && request.method !== "HEAD")
    return refuse(response, 405, "nothing can be changed here");
  // Not by `URL`, which refuses some texts and takes others for addresses of hosts.
  const [pathname, query = ""] = (request.url ?? "").split("?", 2);
  if (pathname === "/") {
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
    response.end(request.method === "HEAD" ? undefined : document);
    return;
  }
  if (pathname !== "/events") return refuse(response, 404, "there is no such page");
  response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
  if (request.method === "HEAD") return void response.end();
  const last = request.headers["last-event-id"];
  stream(
    response,
    follower,
    positionOf(typeof last === "string" ? last : new URLSearchParams(query).get("after")),
  );
}

function refuse(response: ServerResponse, status: number, why: string): void {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8" });
  response.end(`${why}\n`);
}

function isOwnHost(host: string | undefined, server: Server): boolean {
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return host === `127.0.0.1:${port}` || host === `localhost:${port}`;
}

function positionOf(text: string | null): number | undefined {
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** Who reads slower than this many bytes lag behind is let go; it comes back by itself and says what it has. */
const mostBacklogBytes = 64 * 1024 * 1024;

function stream(response: ServerResponse, follower: Follower, after: number | undefined): void {
  response.write("retry: 500\n\n");
  const leave = follower.join(after, ({ name, id, data }) => {
    const head = id === undefined ? "" : `id: ${id}\n`;
    response.write(`${head}event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
    if (response.writableLength > mostBacklogBytes) response.destroy();
  });
  const heartbeat = setInterval(() => response.write(": still here\n\n"), heartbeatMs);
  response.on("close", () => {
    clearInterval(heartbeat);
    leave();
  });
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) => {
      reject(
        new TowpathError("TP1001", {
          message: `port ${port} of this machine cannot be used: ${cause.message}`,
          fix: ["Name another one: --port 4321", "Or none, for a free one."],
          cause,
        }),
      );
    });
    server.listen(port, "127.0.0.1", resolve);
  });
}
