import { describe, expect, it } from "vitest";
import * as fc from "fast-check";
import { guardedOutput, type SpeechLimits, speechLimits } from "./guarded-output.ts";

interface Heard {
  readonly through: unknown[];
  readonly updates: unknown[];
  readonly broke: string[];
}

async function pass(chunks: readonly Uint8Array[], limits: Partial<SpeechLimits> = {}): Promise<Heard> {
  const heard: Heard = { through: [], updates: [], broke: [] };
  const guard = guardedOutput(
    { ...speechLimits, ...limits },
    {
      onBreak: ({ message }) => heard.broke.push(message),
      onUpdate: (params) => heard.updates.push(params),
    },
  );
  const lines = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  }).pipeThrough(guard);
  try {
    for await (const line of lines) heard.through.push(JSON.parse(Buffer.from(line).toString()));
  } catch {
    // What is broken was told.
  }
  return heard;
}

const request = { jsonrpc: "2.0", id: "r", method: "fs/read_text_file", params: { path: "ü\u{1f600}" } };
const update = { jsonrpc: "2.0", method: "session/update", params: { sessionId: "s" } };
const answer = { jsonrpc: "2.0", id: 0, result: {} };
const text = (...messages: unknown[]): string => messages.map((one) => `${JSON.stringify(one)}\n`).join("");

describe("what an agent writes", () => {
  it("property: is the same however it is cut into pieces", async () => {
    const bytes = Buffer.from(text(request, update, answer));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(bytes.length), { maxLength: 20 }), async (cuts) => {
        const ends = [...cuts, bytes.length].toSorted((a, b) => a - b);
        const chunks = ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
        expect(await pass(chunks)).toEqual({
          through: [request, answer],
          updates: [update.params],
          broke: [],
        });
      }),
    );
  });

  it("goes through only as a request, or as the first answer to what was asked", async () => {
    const strays = [
      { ...answer, id: 7 },
      { ...answer, id: "0" },
      answer,
      { jsonrpc: "2.0" },
      [answer],
      3,
      { method: "x" },
    ];
    const heard = await pass([Buffer.from(`banner\n{"half\n\n${text(answer, ...strays)}`)]);
    expect(heard).toEqual({ through: [answer], updates: [], broke: [] });
  });

  it.each([
    ["bytes", { bytes: 100 }, "more than 100 bytes"],
    ["messages", { messages: 3 }, "more than 3 messages"],
    ["bytes in one message", { message: 50 }, "more than 50 bytes"],
    ["lines that are none", { strays: 3 }, "does not speak"],
  ])("has a limit: %s", async (_, limits, words) => {
    const heard = await pass([Buffer.from(`${"stray\n".repeat(10)}${"x".repeat(200)}`)], limits);
    expect(heard.broke).toEqual([expect.stringContaining(words)]);
  });
});
