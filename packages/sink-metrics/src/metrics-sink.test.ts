import { mkdir, readdir, readFile, rmdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import type { GateResult, Past, RunRow, StoredEvent, TowpathEvent } from "@towpath/core";
import { project } from "@towpath/testkit";
import { describe, expect, it } from "vitest";
import { metricsSink } from "./metrics-sink.ts";

const at = "2026-11-22T00:00:01.000Z";
const options = { folder: ".metrics", retentionDays: 30 };
const now = (): number => Date.parse("2026-11-22T10:00:00Z");
const signal = new AbortController().signal;
const noPast: Past = { events: () => [], run: () => ({ plan: { kind: "run" } }) as RunRow };

const result = (changes: Partial<GateResult> = {}): GateResult => ({
  schemaVersion: 1,
  gate: "coverage",
  plugin: "p",
  category: "testing",
  component: "foo",
  target: "dev",
  verdict: "passed",
  required: true,
  candidates: 1,
  checked: 1,
  findings: [],
  measurements: [],
  warnings: [],
  notes: [],
  inputs: { tree: "t", config: "", policy: "", environment: "" },
  startedAt: "2026-11-21T23:59:59.250Z",
  durationMs: 750,
  attempts: 1,
  ...changes,
});

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
const gateEnd = (changes: Partial<GateResult> = {}): object => ({
  type: "gate:end",
  gate: "coverage",
  result: result(changes),
});

async function rows(root: string, day: string): Promise<readonly Record<string, unknown>[]> {
  const text = await readFile(join(root, ".metrics", `${day}.jsonl`), "utf8");
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}

describe("the sink metrics", () => {
  it("writes rows with exactly the keys, in the order and the times that readers expect, by the day of the start", async () => {
    const { root } = await project({});
    await metricsSink({ root, ...options }, now).deliver(stored([gateEnd()]), signal, noPast);
    const text = await readFile(join(root, ".metrics", "2026-11-21.jsonl"), "utf8");
    expect(Object.keys(JSON.parse(text))).toEqual([
      "name",
      "started_at",
      "ended_at",
      "duration_ms",
      "status",
      "metadata",
      "error",
    ]);
    expect(JSON.parse(text)).toMatchObject({
      name: "quality_gate_test_coverage",
      started_at: "2026-11-21T23:59:59.250000",
      ended_at: "2026-11-22T00:00:00.000000",
      duration_ms: 750,
      status: "success",
      error: null,
    });
  });

  it.each([
    ["passed", "success"],
    ["warned", "success"],
    ["waived", "success"],
    ["failed", "failed"],
    ["errored", "failed"],
  ] as const)("a gate that %s is a %s", async (verdict, status) => {
    const { root } = await project({});
    await metricsSink({ root, ...options }, now).deliver(stored([gateEnd({ verdict })]), signal, noPast);
    expect(await rows(root, "2026-11-21")).toMatchObject([{ status }]);
  });

  it("has no row for what was not executed", async () => {
    const { root } = await project({});
    const nothing = stored([
      gateEnd({ verdict: "skipped" }),
      gateEnd({ verdict: "inconclusive" }),
      gateEnd({ cached: { run: "r0" } }),
      { type: "stage:end", stage: "testing", status: "skipped", durationMs: 0 },
      { type: "stage:end", stage: "testing", status: "paused", durationMs: 10 },
      { type: "run:end", exit: 5, status: "parked", durationMs: 10 },
    ]);
    await metricsSink({ root, ...options }, now).deliver(nothing, signal, noPast);
    expect(await readdir(root)).not.toContain(".metrics");
  });

  it("names stages and the whole as readers know them", async () => {
    const { root } = await project({});
    await metricsSink({ root, ...options }, now).deliver(
      stored([
        { type: "stage:end", stage: "specification", status: "passed", durationMs: 10 },
        { type: "stage:end", stage: "staging", status: "stopped", reason: "down", durationMs: 10 },
        { type: "run:end", exit: 1, status: "closed", durationMs: 500 },
      ]),
      signal,
      noPast,
    );
    expect((await rows(root, "2026-11-22")).map(({ name, status, error }) => [name, status, error])).toEqual([
      ["stage_specification_parsing", "success", null],
      ["stage_staging_deployment", "failed", "down"],
      ["workflow_complete", "failed", "exit 1"],
    ]);
  });

  it("does not call a bare check a workflow", async () => {
    const { root } = await project({});
    const end = stored([{ type: "run:end", exit: 0, status: "closed", durationMs: 500 }]);
    const check: Past = { events: () => [], run: () => ({ plan: { kind: "check" } }) as RunRow };
    await metricsSink({ root, ...options }, now).deliver(end, signal, check);
    expect(await readdir(root)).not.toContain(".metrics");
  });

  it("adds nothing twice when a batch comes again, and ends a torn line of somebody else first", async () => {
    const { root } = await project({ ".metrics/2026-11-21.jsonl": '{"name": "tor' });
    const sink = metricsSink({ root, ...options }, now);
    const batch = stored([gateEnd(), gateEnd()]);
    await sink.deliver(batch.slice(0, 1), signal, noPast);
    await sink.deliver(batch, signal, noPast);
    const lines = (await readFile(join(root, ".metrics/2026-11-21.jsonl"), "utf8")).split("\n");
    expect(lines.map((line) => line.slice(0, 13))).toEqual([
      '{"name": "tor',
      '{"name":"qual',
      '{"name":"qual',
      "",
    ]);
  });

  it("removes files by the date in their name, and no others", async () => {
    const { root } = await project({
      ".metrics/2026-10-20.jsonl": "",
      ".metrics/2026-11-20.jsonl": "",
      ".metrics/notes-2020-01-01.jsonl": "",
    });
    await metricsSink({ root, ...options }, now).deliver(stored([gateEnd()]), signal, noPast);
    expect((await readdir(join(root, ".metrics"))).toSorted()).toEqual([
      "2026-11-20.jsonl",
      "2026-11-21.jsonl",
      "notes-2020-01-01.jsonl",
    ]);
  });

  it("writes nothing outside of the repository", async () => {
    const { root } = await project({});
    const elsewhere = await project({});
    await symlink(elsewhere.root, join(root, "link"));
    for (const folder of ["../elsewhere", "link", "link/deeper"]) {
      const sink = metricsSink({ root, folder, retentionDays: 30 }, now);
      await expect(sink.deliver(stored([gateEnd()]), signal, noPast)).rejects.toMatchObject({
        data: { code: "TP1005" },
      });
    }
    expect(await readdir(elsewhere.root)).toEqual([]);
  });

  it("keeps what it cannot write for the next time", async () => {
    const { root } = await project({});
    await mkdir(join(root, ".metrics"));
    await mkdir(join(root, ".metrics", "2026-11-21.jsonl"));
    const sink = metricsSink({ root, ...options }, now);
    await expect(sink.deliver(stored([gateEnd()]), signal, noPast)).rejects.toThrow("EISDIR");
    await rmdir(join(root, ".metrics", "2026-11-21.jsonl"));
    await sink.deliver(stored([gateEnd()]), signal, noPast);
    expect(await rows(root, "2026-11-21")).toHaveLength(1);
  });
});
