import type { TowpathEvent } from "@towpath/core";
import type { RunRecord } from "@towpath/history";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { heartbeat } from "./heartbeat.ts";
import { timeLeft } from "./time-left.ts";

beforeEach(() => void vi.useFakeTimers({ now: 0 }));
afterEach(() => void vi.useRealTimers());

const event = (fields: object): TowpathEvent =>
  ({ seq: 1, at: "2026-11-22T10:00:00.000Z", run: "r1", ...fields }) as TowpathEvent;
const start = event({
  type: "run:start",
  kind: "run",
  components: ["foo"],
  target: "dev",
  stages: ["testing"],
});
const gate = (type: "gate:start" | "gate:end", name: string): TowpathEvent =>
  event({ type, gate: name, components: ["foo"], attempt: 1 });

const past = (ms: number): RunRecord => ({
  run: "r0",
  kind: "run",
  components: ["foo"],
  target: "dev",
  status: "closed",
  exit: 0,
  startedAt: 0,
  durationMs: ms,
  idleMs: 0,
  planned: ["testing"],
  stages: [
    {
      stage: "testing",
      status: "passed",
      startedAt: 0,
      durationMs: ms,
      gates: [],
      retries: 0,
      errorKinds: [],
    },
  ],
});

describe("the heartbeat", () => {
  const follow = (runs: readonly RunRecord[] = []) => {
    const said: string[] = [];
    return { said, beat: heartbeat({ past: runs, say: (line) => void said.push(line) }) };
  };

  it("says what is going on when nothing was told for half a minute, and again", () => {
    const { said, beat } = follow();
    for (const one of [
      start,
      gate("gate:start", "tests"),
      gate("gate:start", "lint"),
      gate("gate:end", "lint"),
    ])
      beat.event(one);
    vi.advanceTimersByTime(29_000);
    expect(said).toEqual([]);
    vi.advanceTimersByTime(31_000);
    expect(said).toEqual(["  … tests 30.0 s", "  … tests 1 m 00 s"]);
  });

  it("says nothing while things happen, and nothing once it was stopped", () => {
    const { said, beat } = follow();
    beat.event(gate("gate:start", "tests"));
    for (let n = 0; n < 10; n += 1) {
      vi.advanceTimersByTime(20_000);
      beat.event(event({ type: "log", gate: "tests", line: "." }));
    }
    beat.stop();
    vi.advanceTimersByTime(100_000);
    expect(said).toEqual([]);
  });

  it("says how long it will take, from past runs", () => {
    const { said, beat } = follow([past(90_000)]);
    beat.event(start);
    beat.event(event({ type: "stage:start", stage: "testing", gates: ["tests"] }));
    beat.event(gate("gate:start", "tests"));
    vi.advanceTimersByTime(30_000);
    vi.advanceTimersByTime(90_000);
    expect(said).toEqual([
      "  about 2 min left (1 past run)",
      "  … tests 30.0 s, about 1 min left (1 past run)",
      "  … tests 1 m 00 s, about 30 s left (1 past run)",
      "  … tests 1 m 30 s, longer than usual (1 past run)",
      "  … tests 2 m 00 s, longer than usual (1 past run)",
    ]);
  });
});

it.each([
  [{ p50: 70_000, p80: 110_000, p90: 120_000, runs: 12 }, "about 1–2 min left (12 past runs)"],
  [{ p50: 200, p80: 400, p90: 900, runs: 1 }, "about 1 s left (1 past run)"],
  [{ p50: 12_000, p80: 18_400, p90: 20_000, runs: 3 }, "about 12–19 s left (3 past runs)"],
])("an estimate is no more exact than it is (%j)", (left, words) => {
  expect(timeLeft(left)).toBe(words);
});
