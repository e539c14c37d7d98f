import type { RequestListener } from "node:http";
import type { GateResult } from "@towpath/core";
import { project, runGate } from "@towpath/testkit";
import { afterEach, expect, it } from "vitest";
import { deployedAt } from "../test/deployed-at.ts";
import { serve, type Served } from "../test/serve.ts";
import performanceGate, { type PerformanceUserOptions } from "./index.ts";

const { root } = await project({ "src/foo/a.py": "X = 1\n", "tests/test_a.py": "" });
const servers: Served[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function askAt(url: string | undefined, options: Partial<PerformanceUserOptions>): Promise<GateResult> {
  const journal = deployedAt(url);
  const plugin = performanceGate({ requests: [{ path: "/" }], amount: 200, ...options });
  return runGate(plugin, "performance", { root, journal, target: "production" });
}

async function ask(
  answer: RequestListener,
  options: Partial<PerformanceUserOptions> = {},
): Promise<GateResult> {
  const served = await serve(answer);
  servers.push(served);
  return askAt(served.url, options);
}

const figure = ({ measurements }: GateResult, name: string): number | undefined =>
  measurements.find((one) => one.name === name)?.value;

it("passes a release that keeps to its limits, on figures", async () => {
  const result = await ask((_, response) => response.end("ok"), { limits: { minPerSecond: 1 } });
  expect(result).toMatchObject({ verdict: "passed", category: "performance", candidates: 200, checked: 200 });
  expect(result.measurements).toMatchObject([
    { name: "p95 of GET /", unit: "ms", operator: "<=", threshold: 5000 },
    { name: "error rate", value: 0, threshold: 0 },
    { name: "good answers per second", operator: ">=", threshold: 1 },
  ]);
  expect(figure(result, "p95 of GET /")).toBeGreaterThan(0);
  expect(result.notes[1]).toMatch(/^GET \/: p50 .* \(95 % interval .*\), p99 .* of 200 answers$/);
  expect(result.details).toMatchObject({ rounds: 1, requests: [{ answers: 200 }], errors: [] });
});

it("fails a release that is slow, and says which request", async () => {
  const answer: RequestListener = ({ url }, response) =>
    void (url === "/slow" ? setTimeout(() => response.end("ok"), 60) : response.end("ok"));
  const requests = [{ path: "/slow" }, ...Array.from({ length: 4 }, (_, index) => ({ path: `/${index}` }))];
  const result = await ask(answer, { requests, limits: { p95Ms: 50 } });
  expect(result).toMatchObject({ verdict: "failed", code: "TP3701" });
  expect(result.findings.filter(({ message }) => message.includes("GET /slow"))).toMatchObject([
    { rule: "slow", level: "error", message: expect.stringContaining("at most 50 ms are allowed") },
  ]);
});

it("fails a release that answers wrongly, however fast", async () => {
  const result = await ask((_, response) => response.writeHead(500).end());
  expect(result.verdict).toBe("failed");
  expect(figure(result, "error rate")).toBe(1);
  expect(result.findings).toMatchObject([
    { rule: "request-error", level: "error", message: expect.stringContaining("status 500") },
  ]);
});

it("holds the share of errors against the limit: what is tolerated is a warning", async () => {
  const flapping = (): RequestListener => {
    let count = 0;
    return (_, response) => response.writeHead(++count % 10 === 0 ? 503 : 200).end();
  };
  expect((await ask(flapping())).verdict).toBe("failed");
  const tolerated = await ask(flapping(), { limits: { errorRate: 0.2 } });
  expect(tolerated).toMatchObject({ verdict: "warned", findings: [{ level: "warning" }] });
  expect(figure(tolerated, "error rate")).toBe(0.1);
});

it("does not let a request pass that never answers well, within whatever share of errors", async () => {
  const answer: RequestListener = ({ url }, response) => response.writeHead(url === "/b" ? 500 : 200).end();
  const requests = [{ path: "/a" }, { path: "/b" }];
  const result = await ask(answer, { requests, limits: { errorRate: 0.9 } });
  expect(result).toMatchObject({
    verdict: "errored",
    error: {
      kind: "network",
      message: expect.stringContaining("GET /b"),
      why: expect.stringContaining("status 500"),
    },
  });
});

it("fails a release that answers too few requests in a second", async () => {
  const result = await ask((_, response) => response.end("ok"), { limits: { minPerSecond: 1e7 } });
  expect(result).toMatchObject({ verdict: "failed", findings: [{ rule: "throughput" }] });
});

it("measures again where the figure lies at the limit, decides by all rounds and says that it was close", async () => {
  let count = 0;
  const answer: RequestListener = (_, response) =>
    // Exactly 5 % are slow: the 95th percentile is the slowest of the fast ones.
    void (++count % 20 === 0 ? setTimeout(() => response.end("ok"), 1_500) : response.end("ok"));
  const result = await ask(answer, { connections: 20, limits: { p95Ms: 1_000 } });
  expect(result.details).toMatchObject({ rounds: 3 });
  expect(result.checked).toBe(600);
  expect(result.warnings).toEqual([expect.stringContaining("not clearly on one side of 1000 ms")]);
});

it("cannot decide when nobody answers", async () => {
  const served = await serve(() => undefined);
  await served.close();
  const result = await askAt(served.url, {});
  expect(result).toMatchObject({
    verdict: "errored",
    error: { kind: "network", why: expect.stringContaining("ECONNREFUSED") },
  });
});

it("cannot decide on connections that break, however many errors are tolerated", async () => {
  const result = await ask((_, response) => response.destroy(), { limits: { errorRate: 1 } });
  expect(result).toMatchObject({ verdict: "errored", error: { kind: "network" } });
});

it("cannot decide on too few answers", async () => {
  const result = await ask((_, response) => void setTimeout(() => response.end("ok"), 200), {
    durationMs: 100,
    connections: 10,
  });
  expect(result).toMatchObject({
    verdict: "errored",
    error: { kind: "network", message: expect.stringContaining("gave 10 answers to 10 requests") },
  });
});

it.each([[undefined], ["unix:///run/foo.sock"], ["file:///etc/passwd"], ["nonsense"]])(
  "asks nothing but an http address of the release: %s",
  async (url) => {
    expect(await askAt(url, {})).toMatchObject({ verdict: "errored", error: { kind: "environment" } });
  },
);

it("tells requests of one name apart", async () => {
  const requests = [{ path: "/" }, { path: "/" }];
  const result = await ask((_, response) => response.end("ok"), { requests });
  expect(result.measurements.map(({ name }) => name)).toEqual([
    "p95 of GET /",
    "p95 of GET / (2)",
    "error rate",
  ]);
});
