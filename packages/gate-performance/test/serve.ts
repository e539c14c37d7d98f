import { createServer, type RequestListener, type Server } from "node:http";

/** A server on this machine. */
export interface Served {
  readonly url: string;
  readonly server: Server;
  /** How many connections were made to it so far. */
  connections(): number;
  /** How many requests came so far. */
  requests(): number;
  close(): Promise<void>;
}

/** Starts a server on a free port of 127.0.0.1. */
export async function serve(answer: RequestListener): Promise<Served> {
  let [connections, requests] = [0, 0];
  const server = createServer((request, response) => {
    requests += 1;
    answer(request, response);
  });
  server.on("connection", () => void (connections += 1));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    server,
    connections: () => connections,
    requests: () => requests,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
