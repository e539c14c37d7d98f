import { createServer, type RequestListener, type Server } from "node:http";
import { project } from "@towpath/testkit";
import { afterEach, expect, it } from "vitest";
import { targetIn } from "../../test/target.ts";
import { alertmanagerAlerts } from "./alertmanager-alerts.ts";

const since = Date.parse("2026-11-20T12:00:00Z");
const { root } = await project({});
const servers: Server[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return `http://127.0.0.1:${address.port}`;
}

const alert = (startsAt: string, summary: string): unknown => ({
  startsAt,
  endsAt: "2026-11-20T13:00:00Z",
  fingerprint: "0",
  status: { state: "active" },
  labels: { alertname: "ShelfDown" },
  annotations: { summary },
});

it("asks for active alerts that match, and reads those that began since", async () => {
  const asked: URL[] = [];
  const url = await serve((request, response) => {
    asked.push(new URL(request.url ?? "", "http://x"));
    response.end(
      JSON.stringify([
        alert("2026-11-20T11:59:59.999Z", "old"),
        alert("2026-11-20T12:00:00.000Z", "foo is down"),
      ]),
    );
  });
  const source = alertmanagerAlerts({
    url: `${url}/alerting`,
    matchers: ['service="{component}"', "a=~b&c"],
  });
  expect(await source.alerts(targetIn(root), since)).toEqual(["ShelfDown: foo is down"]);
  expect(asked.map(({ pathname }) => pathname)).toEqual(["/alerting/api/v2/alerts"]);
  expect(asked[0]?.searchParams.getAll("filter")).toEqual(['service="foo"', "a=~b&c"]);
  expect(asked[0]?.searchParams.get("silenced")).toBe("false");
  expect(asked[0]?.searchParams.get("inhibited")).toBe("false");
});

it("never takes anything but a whole list for an answer", async () => {
  const answers: readonly (readonly [kind: string, RequestListener])[] = [
    ["network", (_, response) => response.writeHead(503).end("starting")],
    ["network", (_, response) => response.writeHead(302, { location: "/elsewhere" }).end()],
    ["network", (_, response) => response.destroy()],
    [
      "network",
      (_, response) => {
        response.writeHead(200, { "content-length": "100" }).write("[]");
        response.destroy();
      },
    ],
    ["parse", (_, response) => response.end("<html></html>")],
    ["parse", (_, response) => response.end('{"status": "success"}')],
    ["parse", (_, response) => response.end(JSON.stringify([alert("yesterday", "x")]))],
  ];
  for (const [kind, answer] of answers) {
    const url = await serve(answer);
    const asked = alertmanagerAlerts({ url, matchers: [] }).alerts(targetIn(root), since);
    await expect(asked).rejects.toMatchObject({ kind });
  }
});

it("says when nobody answers", async () => {
  const url = await serve(() => undefined);
  const server = servers.pop();
  await new Promise((resolve) => server?.close(resolve));
  const asked = alertmanagerAlerts({ url, matchers: [] }).alerts(targetIn(root), since);
  await expect(asked).rejects.toMatchObject({
    kind: "network",
    details: { why: expect.stringContaining("ECONNREFUSED") },
  });
});

it("stops asking when it is told to", async () => {
  const stop = new AbortController();
  const url = await serve(() => stop.abort(new Error("enough")));
  const target = targetIn(root, { signal: stop.signal });
  await expect(alertmanagerAlerts({ url, matchers: [] }).alerts(target, since)).rejects.toThrow("enough");
});
