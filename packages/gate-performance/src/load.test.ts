import type { RequestListener } from "node:http";
import { afterEach, expect, it } from "vitest";
import { serve, type Served } from "../test/serve.ts";
import { measureRound, type Load, type Round } from "./load.ts";
import { options, type PerformanceUserOptions } from "./options.ts";

const servers: Served[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function started(answer: RequestListener): Promise<Served> {
  const served = await serve(answer);
  servers.push(served);
  return served;
}

function round(
  url: string,
  user: PerformanceUserOptions,
  more: Partial<Load> = {},
  signal: AbortSignal = new AbortController().signal,
): Promise<Round> {
  return measureRound({ ...options.parse(user), url: new URL(url), requestLimitMs: 10_000, ...more }, signal);
}

const root = [{ path: "/" }];

it("sends as many requests as are counted, and a few before that open the connections", async () => {
  const served = await started((_, response) => response.end("ok"));
  const { samples, seconds } = await round(served.url, { requests: root, connections: 4, amount: 100 });
  expect(samples).toHaveLength(100);
  expect(served.requests()).toBe(104);
  expect(served.connections()).toBeLessThanOrEqual(4);
  expect(
    samples.every(({ error, decided, timed, ms }) => error === undefined && decided && timed && ms > 0),
  ).toBe(true);
  expect(seconds).toBeGreaterThan(0);
});

it("sends the requests in turn, with their bodies and headers, below the address of the release", async () => {
  const seen = new Set<string>();
  const served = await started((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => void (body += chunk.toString()));
    request.on("end", () => {
      const { method, url, headers } = request;
      seen.add(JSON.stringify([method, url, body, headers["content-type"], headers["x-a"], headers.host]));
      response.writeHead(method === "POST" ? 201 : 200).end();
    });
  });
  const { samples } = await round(`${served.url}/app/`, {
    requests: [
      { path: "/books?x=1", headers: { "x-a": "1" } },
      { path: "/books", method: "POST", body: { title: "ä" }, status: 201 },
      { path: "//example.org/" },
    ],
    amount: 60,
  });
  const host = new URL(served.url).host;
  expect([...seen].toSorted()).toEqual(
    [
      ["GET", "/app/books?x=1", "", null, "1", host],
      ["POST", "/app/books", '{"title":"ä"}', "application/json", null, host],
      ["GET", "/app//example.org/", "", null, null, host],
    ]
      .map((each) => JSON.stringify(each))
      .toSorted(),
  );
  expect(samples.filter(({ error }) => error !== undefined)).toEqual([]);
  expect([0, 1, 2].map((index) => samples.filter(({ request }) => request === index).length)).toEqual([
    20, 20, 20,
  ]);
});

it("follows no redirect", async () => {
  const other = await started((_, response) => response.end("ok"));
  const served = await started((_, response) => response.writeHead(302, { location: other.url }).end());
  const { samples } = await round(served.url, { requests: root, amount: 20 });
  expect(other.requests()).toBe(0);
  expect(new Set(samples.map(({ error }) => error))).toEqual(new Set(["status 302"]));
});

it("takes every status but the wanted one for an error, from 200 to 299 if none is named", async () => {
  const served = await started(({ url }, response) => response.writeHead(url === "/gone" ? 404 : 204).end());
  const requests = [
    { path: "/" },
    { path: "/gone" },
    { path: "/gone", status: 404 },
    { path: "/", status: 200 },
  ];
  const { samples } = await round(served.url, { requests, amount: 80 });
  const errors = new Map(samples.map(({ request, error }) => [request, error]));
  expect([0, 1, 2, 3].map((index) => errors.get(index))).toEqual([
    undefined,
    "status 404",
    undefined,
    "status 204",
  ]);
  expect(
    samples.filter(({ request }) => request === 1).every(({ timed, decided }) => decided && !timed),
  ).toBe(true);
});

it("takes a broken connection and half an answer for errors that say nothing of the time", async () => {
  let count = 0;
  const served = await started((_, response) => {
    count += 1;
    if (count % 3 === 0) response.destroy();
    else if (count % 3 === 1) response.end("ok");
    else {
      response.writeHead(200, { "content-length": "100" });
      response.write("half", () => response.destroy());
    }
  });
  const { samples } = await round(served.url, { requests: root, amount: 60, connections: 1 });
  const bad = samples.filter(({ error }) => error !== undefined);
  expect(bad).toHaveLength(40);
  expect(
    bad.every(({ error, decided, timed }) => !decided && !timed && error?.startsWith("no answer (")),
  ).toBe(true);
});

it("gives up a request after its limit, and counts the time that it took until then", async () => {
  let count = 0;
  const served = await started((_, response) => {
    // Every fourth hangs, half of them with an answer that has begun.
    count += 1;
    if (count % 4 !== 0) response.end("ok");
    else if (count % 8 === 0) response.write("…");
  });
  const { samples } = await round(
    served.url,
    { requests: root, amount: 20, connections: 2 },
    { requestLimitMs: 200 },
  );
  const slow = samples.filter(({ error }) => error === "no answer in time");
  expect(slow.length).toBeGreaterThanOrEqual(4);
  // What hangs holds up no other: all were sent, also those of the warm-up.
  expect(served.requests()).toBe(22);
  expect(slow.every(({ timed, decided, ms }) => timed && decided && ms >= 190)).toBe(true);
});

it("ends a round at its time, and waits for what is under way", async () => {
  const served = await started((_, response) => void setTimeout(() => response.end("ok"), 300));
  const { samples } = await round(served.url, {
    requests: root,
    amount: 20,
    durationMs: 100,
    connections: 5,
  });
  expect(samples.length).toBe(5);
  expect(samples.every(({ error }) => error === undefined)).toBe(true);
});

it("stops at once when it is told to, and leaves no connection open", async () => {
  const stop = new AbortController();
  const served = await started(() => stop.abort(new Error("enough")));
  const patient = { requestLimitMs: 1e9 };
  await expect(round(served.url, { requests: root, amount: 20 }, patient, stop.signal)).rejects.toThrow(
    "enough",
  );
  await new Promise<void>((resolve) => {
    const look = (): void => {
      served.server.getConnections((_, open) => void (open === 0 ? resolve() : setImmediate(look)));
    };
    look();
  });
  await expect(round(served.url, { requests: root, amount: 20 }, {}, stop.signal)).rejects.toThrow("enough");
});
