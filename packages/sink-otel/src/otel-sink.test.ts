import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import * as conventions from "@opentelemetry/semantic-conventions/incubating";
import {
  Breakage,
  createKernel,
  defineGate,
  definePlugin,
  deliver,
  memoryJournal,
  systemClock,
  type Evidence,
  type Journal,
  type Plugin,
  type TowpathEvent,
} from "@towpath/core";
import { project, pythonEnv, runInMemory } from "@towpath/testkit";
import { describe, expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { receiver, type Received } from "../test/receiver.ts";
import { metricNames, names } from "./attribute-names.ts";
import otel from "./index.ts";
import { otelSink } from "./otel-sink.ts";
import type { KeyValue, LogRecord, Metric, Span } from "./otlp.ts";
import { idOf, traceOf } from "./trace-ids.ts";

const good: Evidence = {
  candidates: 1,
  checked: 1,
  findings: [],
  measurements: [{ name: "errors", value: 0, unit: "errors", operator: "<=", threshold: 0, source: "s" }],
  tool: { name: "fake", version: "1", via: "test" },
};

/** Gates that pass, fail, break once and start a process. */
function gates(more: (print: string) => void = () => undefined): Plugin {
  let broke = false;
  return definePlugin({
    name: "@acme/gates",
    options: z.strictObject({}).prefault({}),
    setup(api) {
      const base = { category: "testing", code: "TP3201", executesCode: false, stages: ["testing"] } as const;
      api.gate(defineGate({ ...base, name: "passes", check: async () => good }));
      api.gate(
        defineGate({
          ...base,
          name: "fails",
          check: async () => ({
            ...good,
            findings: [
              { fingerprint: "f", tool: "t", rule: "R", level: "error" as const, message: "it is broken" },
            ],
          }),
        }),
      );
      api.gate(
        defineGate({
          ...base,
          name: "breaks-once",
          async check() {
            if (broke) return good;
            broke = true;
            throw new Breakage("tool-crash", { message: "it died" });
          },
        }),
      );
      api.gate(
        defineGate({
          ...base,
          name: "starts",
          async check(ctx) {
            const { stdout } = await ctx.exec({
              command: "python3",
              args: ["-c", "import os; print(os.environ.get('TRACEPARENT'))"],
            });
            more(stdout.trim());
            return good;
          },
        }),
      );
    },
  })({});
}

interface Told {
  readonly spans: readonly Span[];
  readonly metrics: readonly Metric[];
  readonly logs: readonly LogRecord[];
  readonly requests: readonly Received[];
}

async function told(received: () => Promise<readonly Received[]>): Promise<Told> {
  const requests = await received();
  const all = <T>(path: string, ...keys: readonly string[]): readonly T[] =>
    requests
      .filter((request) => request.path === path)
      .flatMap(({ body }) =>
        keys.reduce<unknown[]>(
          (found, key) => found.flatMap((one) => (one as Record<string, unknown[]>)[key] ?? []),
          [body],
        ),
      ) as T[];
  return {
    spans: all("/v1/traces", "resourceSpans", "scopeSpans", "spans"),
    metrics: all("/v1/metrics", "resourceMetrics", "scopeMetrics", "metrics"),
    logs: all("/v1/logs", "resourceLogs", "scopeLogs", "logRecords"),
    requests,
  };
}

/** A run whose telemetry goes to a collector. */
async function run(
  changes: {
    readonly journal?: Journal;
    readonly env?: Readonly<Record<string, string>>;
    readonly url?: string;
  } = {},
): Promise<
  Told & { readonly run: string; readonly seen: string; readonly exit: number; readonly warnings: unknown }
> {
  const { url, received } = await receiver();
  const { root } = await project({ "src/foo/a.py": "a = 1\n" });
  let seen = "";
  const { env } = await pythonEnv();
  const { report, events } = await runInMemory({
    root,
    plugins: [gates((print) => (seen = print)), otel({ endpoint: changes.url ?? url })],
    only: ["passes", "fails", "breaks-once", "starts"],
    config: { stages: { testing: { retry: { max: 3, baseMs: 1, factor: 1, capMs: 1 } } } },
    env: { ...env, ...changes.env },
    ...(changes.journal === undefined ? {} : { journal: changes.journal }),
  });
  return {
    ...(await told(received)),
    run: report.run,
    seen,
    exit: report.exit,
    warnings: events.filter(({ type }) => type === "warning"),
  };
}

const values = (attributes: readonly KeyValue[]): Readonly<Record<string, unknown>> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));

describe("what a collector gets", () => {
  it("is valid by the official messages, and says who sent it", async () => {
    const { requests } = await run();
    expect(requests.map(({ path }) => path)).toEqual(["/v1/traces", "/v1/metrics", "/v1/logs"]);
    expect(requests.map(({ error, same }) => [error, same])).toEqual(requests.map(() => [undefined, true]));
    const body = requests[0]?.body as unknown as {
      resourceSpans: readonly { resource: { attributes: readonly KeyValue[] } }[];
    };
    expect(values(body.resourceSpans[0]?.resource.attributes ?? [])).toMatchObject({
      "service.name": "towpath",
    });
  });

  it("is a tree of run, stage, gates, attempts and processes in one trace", async () => {
    const { spans, run: id } = await run();
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
    const nameOf = new Map(spans.map((span) => [span.spanId, span.name]));
    expect(nameOf.size).toBe(spans.length);
    const paths = spans
      .map((span) => `${nameOf.get(span.parentSpanId ?? "") ?? "-"} > ${span.name}`)
      .toSorted();
    expect(paths).toEqual(
      [
        "- > RUN spec-to-production",
        "RUN spec-to-production > check",
        "check > breaks-once",
        "check > fails",
        "check > passes",
        "check > starts",
        "breaks-once > breaks-once attempt 1",
        "breaks-once > breaks-once attempt 2",
        "fails > fails attempt 1",
        "passes > passes attempt 1",
        "starts > starts attempt 1",
        "starts attempt 1 > python3",
      ].toSorted(),
    );
    const root = spans.find(({ kind }) => kind === 2);
    expect(values(root?.attributes ?? [])).toMatchObject({
      "cicd.pipeline.run.id": id,
      "cicd.pipeline.result": "failure",
      "error.type": "exit 1",
    });
    for (const span of spans) {
      expect(BigInt(span.endTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(span.startTimeUnixNano));
    }
  });

  it("tells what broke from what failed", async () => {
    const { spans, logs } = await run();
    const results = Object.fromEntries(
      spans.map((span) => [span.name, values(span.attributes)["cicd.pipeline.task.run.result"]]),
    );
    expect(results).toMatchObject({
      passes: "success",
      fails: "failure",
      "breaks-once": "success",
      "breaks-once attempt 1": "error",
      "breaks-once attempt 2": "success",
    });
    const texts = logs.map(({ severityText, body }) => `${severityText} ${Object.values(body)[0]}`);
    expect(texts).toEqual(
      expect.arrayContaining([
        "ERROR breaks-once errored for foo: it died",
        "WARN breaks-once: attempt 2 in 1 ms: it died",
        "ERROR fails failed for foo: it is broken",
      ]),
    );
    expect(logs.every(({ traceId }) => traceId === spans[0]?.traceId)).toBe(true);
  });

  it("has times, retries, values and thresholds as figures", async () => {
    const { metrics } = await run();
    const counts = Object.fromEntries(
      [...Map.groupBy(metrics, ({ name }) => name)].map(([name, { length }]) => [name, length]),
    );
    expect(counts).toEqual({
      "cicd.pipeline.run.duration": 1,
      "cicd.pipeline.run.errors": 1,
      "towpath.gate.duration": 5,
      "towpath.gate.threshold": 4,
      "towpath.gate.value": 4,
      "towpath.retries": 1,
      "towpath.stage.duration": 1,
    });
    const duration = metrics.find(({ name }) => name === "cicd.pipeline.run.duration")?.histogram
      ?.dataPoints[0];
    expect(duration?.bucketCounts.filter((count) => count === "1")).toHaveLength(1);
    expect(duration?.bucketCounts).toHaveLength((duration?.explicitBounds.length ?? 0) + 1);
  });
});

describe("a run that went on in another process", () => {
  it("has each gate below its stage, though the events of a process are counted anew, and lines of tools are not kept", async () => {
    const journal = memoryJournal();
    const at = "2026-11-22T10:00:00.000Z";
    const { root } = await project({ "src/foo/a.py": "a = 1\n" });
    const { report } = await runInMemory({ root, plugins: [gates()], only: ["passes"], journal });
    const [result] = report.stages[0]?.results ?? [];
    const plan = journal.run(report.run)?.plan;
    if (result === undefined || plan === undefined) throw new Error("nothing ran");
    const row = {
      id: "r2",
      plan,
      startedAt: Date.parse(at),
      epoch: 1,
      status: "running",
      changedAt: 0,
    } as const;
    const stage = (name: string, from: number, trace: string): readonly TowpathEvent[] =>
      [
        {
          type: "run:start",
          kind: "run",
          components: ["foo"],
          target: "dev",
          stages: [],
          traceparent: `00-${trace}-b7ad6b7169203331-01`,
        },
        { type: "stage:start", stage: name, gates: [] },
        { type: "gate:end", gate: `at-${name}`, result: { ...result, gate: `at-${name}` } },
        { type: "stage:end", stage: name, status: "passed", durationMs: 1 },
      ].map((event, index) => ({ ...event, run: "r2", at, seq: from + index }) as TowpathEvent);
    // In the first process two lines of a tool were told, which nobody stores.
    const events = [...stage("specification", 3, "a".repeat(32)), ...stage("testing", 1, "b".repeat(32))];
    journal.commit({ begin: row });
    journal.commit({ events: events.map((event) => ({ run: "r2", event })) });
    const { url, received } = await receiver();
    const kernel = createKernel();
    await kernel.use(otel({ endpoint: url, signals: ["traces", "metrics"] }));
    kernel.seal();
    await deliver(kernel, journal, systemClock);
    const { spans, metrics } = await told(received);
    const own = spans.filter(({ attributes }) => values(attributes)["cicd.pipeline.run.id"] === "r2");
    const nameOf = new Map(spans.map((span) => [span.spanId, span.name]));
    expect(
      own.map(
        ({ name, traceId, parentSpanId }) => `${traceId[0]} ${nameOf.get(parentSpanId ?? "")} > ${name}`,
      ),
    ).toEqual([
      "a undefined > specification",
      "a specification > at-specification",
      "a at-specification > at-specification attempt 1",
      "b undefined > testing",
      "b testing > at-testing",
      "b at-testing > at-testing attempt 1",
    ]);
    expect(new Set(own.map(({ spanId }) => spanId)).size).toBe(own.length);
    expect(metrics.filter(({ name }) => name === "towpath.gate.duration")).toHaveLength(3);
  });
});

describe("the trace of others", () => {
  const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

  it("goes on in ours, and ours in the tools'", async () => {
    const { spans, run: id, seen } = await run();
    const python = spans.find(({ name }) => name === "python3");
    expect(seen).toBe(`00-${traceOf(id, undefined).traceId}-${python?.spanId}-01`);
  });

  it("is that of whoever started the process", async () => {
    const { spans } = await run({ env: { TRACEPARENT: traceparent } });
    expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(
      new Set(["0af7651916cd43dd8448eb211c80319c"]),
    );
    expect(spans.find(({ kind }) => kind === 2)?.parentSpanId).toBe("b7ad6b7169203331");
  });

  it.each(["", "00-00000000000000000000000000000000-b7ad6b7169203331-01", `${traceparent}-more`, "x"])(
    "is not taken from what is no traceparent: %j",
    async (text) => {
      const { spans, run: id } = await run({ env: { TRACEPARENT: text } });
      expect(spans[0]?.traceId).toBe(idOf(32, "trace", id));
    },
  );
});

/** A server that does with each request what it is told. */
async function server(
  answer: (respond: (status: number, body?: string) => void, reset: () => void) => void,
): Promise<string> {
  const http = createServer((request, response) => {
    const reset = (): void => void request.socket.resetAndDestroy();
    request
      .resume()
      .on("end", () => answer((status, body = "{}") => void response.writeHead(status).end(body), reset));
  }).listen(0, "127.0.0.1");
  await once(http, "listening");
  onTestFinished(() => {
    http.closeAllConnections();
    http.close();
  });
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
}

describe("a collector that is not well", () => {
  it.each([
    [
      "is down",
      async (): Promise<string> => "http://127.0.0.1:9",
      /otel took nothing: the collector at .* did not answer/,
    ],
    [
      "resets",
      (): Promise<string> => server((_, reset) => reset()),
      /otel took nothing: the collector at .* did not answer/,
    ],
    ["hangs", (): Promise<string> => server(() => undefined), /otel took nothing: it did not answer within/],
    ["is busy", (): Promise<string> => server((respond) => respond(503)), /otel took nothing: .* status 503/],
    [
      "refuses",
      (): Promise<string> => server((respond) => respond(400)),
      /otel lost something: traces: .* status 400/,
    ],
    [
      "takes a part",
      async () =>
        server((respond) =>
          respond(200, '{"partialSuccess":{"rejectedSpans":"3","errorMessage":"too old"}}'),
        ),
      /otel lost something: traces: the collector took all but 3: too old/,
    ],
  ] as const)("changes nothing but a warning when it %s", async (_, url, warning) => {
    const { exit, warnings, requests } = await run({ url: await url() });
    expect([exit, requests]).toEqual([1, []]);
    expect(JSON.stringify(warnings)).toMatch(warning);
  });

  it("is told later what it missed, once, and of nothing twice", async () => {
    const journal = memoryJournal();
    await run({ journal, url: "http://127.0.0.1:9" });
    const { url, received } = await receiver();
    const kernel = createKernel();
    await kernel.use(otel({ endpoint: url }));
    kernel.seal();
    await deliver(kernel, journal, systemClock);
    await deliver(kernel, journal, systemClock);
    const { spans } = await told(received);
    expect(spans.filter(({ kind }) => kind === 2)).toHaveLength(1);
    expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(spans.length);
  });

  it("gets the same ids when a batch comes again, since its answer was lost", async () => {
    const journal = memoryJournal();
    await run({ journal });
    const { url, received } = await receiver();
    const sink = otelSink(
      { endpoint: url, signals: ["traces"], pipeline: "p", timeoutMs: 1000 },
      { env: {}, fetch: globalThis.fetch },
    );
    const past = {
      events: (id: string) => journal.events({ run: id }),
      run: (id: string) => journal.run(id),
    };
    const events = journal.events({});
    for (let time = 0; time < 2; time += 1) await sink.deliver(events, AbortSignal.timeout(5_000), past);
    const { requests } = await told(received);
    expect(requests).toHaveLength(2);
    expect(requests[1]?.body).toEqual(requests[0]?.body);
  });

  it("is left alone when the standard says so", async () => {
    const kernel = createKernel({ env: { OTEL_SDK_DISABLED: "true" } });
    await kernel.use(otel({}));
    kernel.seal();
    expect(kernel.sinks.size).toBe(0);
  });
});

describe("where it goes", () => {
  it("is what the standard variables say, with their headers", async () => {
    const { url, received } = await receiver();
    const journal = memoryJournal();
    await run({ journal });
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: `${url}/`,
      OTEL_EXPORTER_OTLP_HEADERS: "x-key=a%20b,broken,=c",
      OTEL_RESOURCE_ATTRIBUTES: "team=shop,service.name=other",
      OTEL_SERVICE_NAME: "named",
    };
    const sink = otelSink(
      { signals: ["logs"], pipeline: "p", timeoutMs: 1000 },
      { env, fetch: globalThis.fetch },
    );
    const past = {
      events: (id: string) => journal.events({ run: id }),
      run: (id: string) => journal.run(id),
    };
    await sink.deliver(journal.events({}), AbortSignal.timeout(5_000), past);
    const [request] = await received();
    expect([request?.path, request?.headers["x-key"]]).toEqual(["/v1/logs", "a b"]);
    const body = request?.body as unknown as {
      resourceLogs: readonly { resource: { attributes: readonly KeyValue[] } }[];
    };
    expect(values(body.resourceLogs[0]?.resource.attributes ?? [])).toMatchObject({
      team: "shop",
      "service.name": "named",
    });
  });
});

describe("names", () => {
  it("are those of the release of the semantic conventions", () => {
    const known = new Set(Object.values(conventions));
    const all = [...Object.values(names), ...Object.values(metricNames)];
    expect(all.filter((name) => !known.has(name as never))).toEqual([]);
  });

  it("of results are the ones that the conventions allow", () => {
    const allowed = Object.entries(conventions)
      .filter(([key]) => key.startsWith("CICD_PIPELINE_RESULT_VALUE_"))
      .map(([, value]) => value);
    expect(new Set(allowed)).toEqual(
      new Set(["success", "failure", "error", "timeout", "cancellation", "skip"]),
    );
  });
});
