import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { GateResult, Past, RunKind, RunRow, StoredEvent, TowpathEvent } from "@towpath/core";
import { assert, property, string } from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import { payload } from "./message-of.ts";
import { topics, type WebhookOptions } from "./options.ts";
import { webhookSink } from "./webhook-sink.ts";

const at = "2026-11-22T10:00:00.000Z";
const now = (): number => Date.parse("2026-11-22T10:01:00Z");

function stored(events: readonly object[]): readonly StoredEvent[] {
  return events.map((event, index) => {
    const seq = index + 1;
    return {
      position: seq,
      run: "r1",
      seq,
      sha: "",
      event: { at, seq, run: "r1", ...event } as TowpathEvent,
    };
  });
}

interface Received {
  readonly text: string;
  readonly key: string | undefined;
}

/** A webhook on the loopback interface that answers with a status, or never. */
async function webhook(
  status: number | "never" = 200,
): Promise<{ readonly url: string; readonly received: Received[]; readonly server: Server }> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { text } = JSON.parse(Buffer.concat(chunks).toString("utf8"));
      received.push({ text, key: request.headers["idempotency-key"]?.toString() });
      if (status !== "never") response.writeHead(status, { location: "/elsewhere" }).end("no");
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/secret`, received, server };
}

const sinkTo = (
  url: string | undefined,
  changes: Partial<WebhookOptions> = {},
): ReturnType<typeof webhookSink> =>
  webhookSink(
    { urlFrom: "HOOK", on: topics, ...changes },
    { env: { HOOK: url }, now, fetch: globalThis.fetch },
  );
const signal = new AbortController().signal;
const pastOf = (kind: RunKind): Past => ({
  events: () => [],
  // Of a run the sink looks at its plan alone.
  run: () => ({ plan: { kind, components: [{ name: "foo" }] } }) as unknown as RunRow,
});
const past = pastOf("run");
const noPast: Past = { events: () => [], run: () => undefined };

const start = { type: "run:start", kind: "run", components: ["foo"], target: "dev", stages: [] };
const failed = (changes: Partial<GateResult> = {}): object => ({
  type: "gate:end",
  gate: "tests",
  result: {
    gate: "tests",
    component: "foo",
    verdict: "failed",
    required: true,
    findings: [{ level: "error", message: "test_a <b> fails\nat once" }],
    ...changes,
  },
});

describe("the sink webhook", () => {
  it("tells a batch in one message, with nothing that a tool said taken as a format", async () => {
    const { url, received } = await webhook();
    await sinkTo(url, { prefix: "shop" }).deliver(
      stored([
        start,
        failed(),
        { type: "stage:end", stage: "testing", status: "stopped", durationMs: 1 },
        { type: "run:end", exit: 1, status: "closed", durationMs: 1 },
      ]),
      signal,
      past,
    );
    expect(received.map(({ text }) => text.split("\n"))).toEqual([
      [
        "✗ shop foo: tests failed: test\u005F\u2060a &lt;b&gt; fails at once",
        "✗ shop foo: stopped at testing",
        "✗ shop foo: the run r1 failed with exit 1",
      ],
    ]);
  });

  it.each([
    ["a result that does not block", failed({ required: false })],
    ["a result from the record", failed({ cached: { run: "r0" } })],
    ["a gate that passed", failed({ verdict: "passed" })],
    ["a stage that passed", { type: "stage:end", stage: "testing", status: "passed", durationMs: 1 }],
    ["a run that was stopped", { type: "run:end", exit: 130, status: "stopped", durationMs: 1 }],
    ["what happened the day before yesterday", { ...failed(), at: "2026-11-20T10:00:00.000Z" }],
  ])("does not tell of %s", async (_, event) => {
    const { url, received } = await webhook();
    await sinkTo(url).deliver(stored([start, event]), signal, past);
    expect(received).toEqual([]);
  });

  it("does not tell of a bare check", async () => {
    const { url, received } = await webhook();
    const end = { type: "run:end", exit: 1, status: "closed", durationMs: 1 };
    await sinkTo(url).deliver(stored([start, failed(), end]), signal, pastOf("check"));
    expect(received).toEqual([]);
  });

  it("knows whose run it is when that has begun in another process, and names one that was removed", async () => {
    const { url, received } = await webhook();
    const end = { type: "run:end", exit: 0, status: "closed", durationMs: 1 };
    await sinkTo(url).deliver(stored([end]), signal, past);
    await sinkTo(url).deliver(stored([end]), signal, noPast);
    expect(received.map(({ text }) => text)).toEqual([
      "✓ foo: the run r1 is complete",
      "✓ r1: the run r1 is complete",
    ]);
  });

  it("tells only of what was asked for", async () => {
    const { url, received } = await webhook();
    const events = stored([start, failed(), { type: "run:end", exit: 0, status: "closed", durationMs: 1 }]);
    await sinkTo(url, { on: ["workflow-complete"] }).deliver(events, signal, past);
    expect(received.map(({ text }) => text)).toEqual(["✓ foo: the run r1 is complete"]);
  });

  it("uses one key for one batch, so that a message that came twice can be told", async () => {
    const { url, received } = await webhook();
    const sink = sinkTo(url);
    await sink.deliver(stored([start, failed()]), signal, past);
    await sink.deliver(stored([start, failed()]), signal, past);
    expect(new Set(received.map(({ key }) => key)).size).toBe(1);
    expect(received[0]?.key).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each([500, 404, 302])("keeps the batch when the answer is %i", async (status) => {
    const { url } = await webhook(status);
    await expect(sinkTo(url).deliver(stored([failed()]), signal, past)).rejects.toThrow(/webhook/);
  });

  it("keeps the batch when nobody listens, and never says the address", async () => {
    const { url, server } = await webhook();
    server.close();
    const error: unknown = await sinkTo(url)
      .deliver(stored([failed()]), signal, past)
      .catch((cause: unknown) => cause);
    expect(error).toMatchObject({ message: "the webhook did not answer" });
  });

  it("gives up when it is told to", async () => {
    const { url } = await webhook("never");
    const stop = new AbortController();
    const delivery = sinkTo(url).deliver(stored([failed()]), stop.signal, past);
    stop.abort();
    await expect(delivery).rejects.toThrow("the webhook did not answer");
  });

  it.each([undefined, "", "no address", "file:///etc/passwd"])(
    "needs an address: %s is none",
    async (url) => {
      await expect(sinkTo(url).deliver(stored([failed()]), signal, past)).rejects.toMatchObject({
        data: { code: "TP1208" },
      });
    },
  );

  it("is one line for each notice whatever a tool says, and no longer than is read", () => {
    assert(
      property(string({ unit: "binary", maxLength: 2000 }), (text) => {
        const { text: sent } = payload([
          { topic: "gate-failed", run: "r1", text: text.replaceAll("\n", " ") },
        ]);
        expect(sent).not.toMatch(/[<>]|@(?!\u2060)/);
      }),
    );
    const many = Array.from({ length: 25 }, () => ({ topic: "gate-failed", run: "r1", text: "x" }) as const);
    expect(payload(many).text.split("\n")).toHaveLength(21);
  });
});
