import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** How the service behaves. */
export type Behaviour = "clean" | "vulnerable" | "undecided" | "hang" | "reset" | "500" | "garbage";

/** A vulnerability service in OSV's format on the loopback interface. It knows one vulnerability, of jinja2 2.4.1. */
export interface OsvService {
  readonly url: string;
  behaviour: Behaviour;
  close(): void;
}

const vulnerability = {
  id: "PYSEC-2021-66",
  summary: "ReDoS in jinja2",
  aliases: ["CVE-2020-28493"],
  published: "2021-02-01T20:15:00Z",
  affected: [
    {
      package: { name: "jinja2", ecosystem: "PyPI" },
      ranges: [{ type: "ECOSYSTEM", events: [{ introduced: "0" }, { fixed: "2.11.3" }] }],
    },
  ],
};

/** Starts the service; format: https://google.github.io/osv.dev/post-v1-query/ */
export async function startOsvService(behaviour: Behaviour = "clean"): Promise<OsvService> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { name } = JSON.parse(Buffer.concat(chunks).toString()).package;
      if (service.behaviour === "hang") return;
      if (service.behaviour === "reset") return void request.socket.destroy();
      if (service.behaviour === "500") return void response.writeHead(500).end();
      if (service.behaviour === "garbage") return void response.end("<html>log in</html>");
      const known = name === "jinja2";
      if (known && service.behaviour === "vulnerable")
        return void response.end(JSON.stringify({ vulns: [vulnerability] }));
      if (known && service.behaviour === "undecided") return void response.end('{"vulns":[{"id":"X-1"}]}');
      response.end("{}");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo; // it listens on TCP
  const service: OsvService = {
    url: `http://127.0.0.1:${port}/v1/query`,
    behaviour,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
  return service;
}
