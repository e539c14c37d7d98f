import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { isBreakage } from "@towpath/core";
import { afterEach, describe, expect, it } from "vitest";
import { prometheusSamples, type PrometheusQuestion } from "./prometheus-samples.ts";

const t0 = Date.UTC(2026, 0, 1);
const intervalMs = 30_000;
const labels = { __name__: "probe_success", instance: "http://127.0.0.1/health", job: "foo" };

const open: Server[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.close();
});

/** The numbers of the intervals that a question is about. */
function slotsOf(url: URL): readonly number[] {
  const [start, end, step] = ["start", "end", "step"].map(
    (name) => Number(url.searchParams.get(name)) * 1_000,
  );
  if (start === undefined || end === undefined || step === undefined) return [];
  const count = Math.floor((end - start) / step) + 1;
  return Array.from({ length: count }, (_, index) => Math.floor((start + index * step - t0) / step));
}

/** A server that answers as version 2.42 does, from what was scraped in each interval. */
async function serve(
  scraped: (slot: number) => readonly number[],
  answer?: (url: URL, response: ServerResponse) => boolean,
) {
  const asked: URL[] = [];
  const server = createServer((request: IncomingMessage, response) => {
    const url = new URL(request.url ?? "", "http://127.0.0.1");
    asked.push(url);
    if (answer?.(url, response)) return;
    const counts = url.searchParams.get("query")?.startsWith("count_over_time(") ?? false;
    const values = slotsOf(url).flatMap((slot): [number, string][] => {
      const found = scraped(slot);
      const value = counts ? found.length : Math.min(...found);
      return found.length === 0 ? [] : [[(t0 + (slot + 1) * intervalMs - 1) / 1_000, String(value)]];
    });
    const { __name__: _, ...metric } = labels;
    const result = values.length === 0 ? [] : [{ metric, values }];
    reply(response, 200, { status: "success", data: { resultType: "matrix", result } });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  open.push(server);
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

function reply(response: ServerResponse, status: number, body: unknown): boolean {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  return true;
}

function ask(url: string, more: Partial<PrometheusQuestion> = {}) {
  return prometheusSamples({
    url,
    query: 'probe_success{job="foo"}',
    intervalMs,
    from: t0,
    to: t0 + 5 * intervalMs,
    signal: new AbortController().signal,
    ...more,
  });
}

async function kindOf(asking: Promise<unknown>): Promise<string> {
  const error: unknown = await asking.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!isBreakage(error)) throw new Error(`no breakage: ${String(error)}`);
  return `${error.kind}: ${error.message} ${error.details.why ?? ""}`;
}

describe("what was scraped", () => {
  it("is a sample for each interval, by the worst scrape in it; nothing fills a gap", async () => {
    const scraped = [[1, 1], [1, 0], [], [0], [1]];
    const { url, asked } = await serve((slot) => scraped[slot] ?? []);
    const { samples, notes } = await ask(`${url}/`);
    expect(samples).toEqual([
      { t: t0, state: "up" },
      { t: t0 + intervalMs, state: "down" },
      { t: t0 + 3 * intervalMs, state: "down" },
      { t: t0 + 4 * intervalMs, state: "up" },
    ]);
    expect(notes).toEqual([]);
    expect(asked.map(({ pathname }) => pathname)).toEqual(["/api/v1/query_range", "/api/v1/query_range"]);
    expect(asked.map(({ searchParams }) => searchParams.get("query"))).toEqual([
      'min_over_time(probe_success{job="foo"}[30000ms])',
      'count_over_time(probe_success{job="foo"}[30000ms])',
    ]);
    // The last millisecond of the first and of the last interval.
    expect(asked[0]?.searchParams.get("start")).toBe(((t0 + intervalMs - 1) / 1_000).toFixed(3));
    expect(asked[0]?.searchParams.get("end")).toBe(((t0 + 5 * intervalMs - 1) / 1_000).toFixed(3));
  });

  it("of a week is read in parts that the server allows", async () => {
    const { url, asked } = await serve(() => [1]);
    const { samples } = await ask(url, { to: t0 + 20_160 * intervalMs });
    expect(samples).toHaveLength(20_160);
    expect(new Set(samples.map(({ t }) => t)).size).toBe(20_160);
    expect(asked.every((one) => slotsOf(one).length <= 11_000)).toBe(true);
  });

  it("may be nothing", async () => {
    const { url } = await serve(() => []);
    expect((await ask(url)).samples).toEqual([]);
    expect((await ask(url, { to: t0 })).samples).toEqual([]);
  });

  it("comes with what the server says about its own answer", async () => {
    const { url } = await serve(
      () => [],
      (_, response) =>
        reply(response, 200, {
          status: "success",
          data: { resultType: "matrix", result: [] },
          warnings: ["some store is down\u001b[2J"],
        }),
    );
    expect((await ask(url)).notes).toEqual(["prometheus: some store is down"]);
  });
});

describe("breakage", () => {
  const matrix = (result: unknown): unknown => ({
    status: "success",
    data: { resultType: "matrix", result },
  });
  const value = (text: string): unknown =>
    matrix([{ metric: {}, values: [[(t0 + intervalMs - 1) / 1_000, text]] }]);

  it.each([
    [
      "two series",
      200,
      matrix([
        { metric: {}, values: [] },
        { metric: {}, values: [] },
      ]),
      /^tool-config: .*2 series/,
    ],
    ["a value that is neither", 200, value("0.5"), /^parse: .*0\.5/],
    ["NaN", 200, value("NaN"), /^(?:parse|mismatch): /],
    ["a vector", 200, { status: "success", data: { resultType: "vector", result: [] } }, /^parse: /],
    ["no data", 200, { status: "success" }, /^parse: /],
    ["a failure with status 200", 200, { status: "error", errorType: "x", error: "y" }, /^parse: /],
    [
      "a query that is refused",
      400,
      { status: "error", errorType: "bad_data", error: 'invalid parameter "query": 1:1: parse error' },
      /^tool-config: .*400.*bad_data: invalid parameter/,
    ],
    [
      "a server in trouble",
      503,
      { status: "error", errorType: "timeout", error: "query timed out" },
      /^network: .*503/,
    ],
    ["a log-in page", 302, {}, /^network: .*302/],
  ])("is %s", async (_, status, body, words) => {
    const { url } = await serve(
      () => [],
      (__, response) => reply(response, status, body),
    );
    expect(await kindOf(ask(url))).toMatch(words);
  });

  it("is a value of an interval in which nothing was scraped", async () => {
    const { url } = await serve(
      (slot) => (slot === 2 ? [] : [1]),
      (asked, response) => {
        if (asked.searchParams.get("query")?.startsWith("count")) return false;
        const values = [0, 1, 2, 3, 4].map((slot) => [(t0 + (slot + 1) * intervalMs - 1) / 1_000, "1"]);
        return reply(response, 200, matrix([{ metric: {}, values }]));
      },
    );
    expect(await kindOf(ask(url))).toMatch(/^mismatch: .*5 values and 4 counts/);
  });

  it("is a server that is not there, and a run that was cancelled", async () => {
    const { url } = await serve(() => []);
    open.splice(0).map((server) => server.close());
    expect(await kindOf(ask(url))).toMatch(/^network: /);
    expect(await kindOf(ask(url, { signal: AbortSignal.abort() }))).toMatch(/^cancelled: /);
  });
});
