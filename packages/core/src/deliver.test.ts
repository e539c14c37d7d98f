import { expect, it } from "vitest";
import { kernelWith, pluginOf } from "../test/in-memory.ts";
import { systemClock } from "./clock.ts";
import { deliver } from "./deliver.ts";
import type { Journal } from "./journal.ts";
import type { TowpathEvent } from "./events.ts";
import { memoryJournal } from "./memory-journal.ts";
import type { Sink } from "./sink.ts";

function journalOf(events: number): Journal {
  const journal = memoryJournal();
  const event = (seq: number) =>
    ({ type: "warning", seq, at: "2026-11-26T10:00:00.000Z", run: "r1", message: `${seq}` }) as const;
  journal.commit({ events: Array.from({ length: events }, (_, n) => ({ run: "r1", event: event(n + 1) })) });
  return journal;
}

async function delivered(sink: Sink, journal: Journal): Promise<readonly string[]> {
  const kernel = await kernelWith(pluginOf([], (api) => api.sink(sink)));
  const warnings: string[] = [];
  kernel.bus.on("warning", ({ message }) => void warnings.push(message));
  await deliver(kernel, journal, systemClock);
  return warnings;
}

it("never holds more than a batch, and goes on where the sink left off (R26)", async () => {
  const journal = journalOf(1_000);
  const sizes: number[] = [];
  let failAt = 3;
  const sink: Sink = {
    name: "s",
    batch: 64,
    async deliver(events) {
      if (sizes.length === failAt) throw new Error("reset by peer");
      sizes.push(events.length);
    },
  };
  expect(await delivered(sink, journal)).toEqual(["the sink s took nothing: reset by peer"]);
  expect(journal.cursor("s")).toBe(3 * 64);
  failAt = -1;
  expect(await delivered(sink, journal)).toEqual([]);
  expect(sizes.every((size) => size <= 64)).toBe(true);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(1_000);
  expect(journal.cursor("s")).toBe(1_000);
});

it("reads each event of a run once, however many batches ask for all of them, and knows those that came since", async () => {
  const journal = journalOf(1_000);
  let read = 0;
  const counting: Journal = {
    ...journal,
    events(query) {
      const found = journal.events(query);
      if (query.run !== undefined) read += found.length;
      return found;
    },
  };
  const known: number[] = [];
  const sink: Sink = {
    name: "s",
    batch: 100,
    async deliver(events, _, past) {
      const run = events[0]?.run ?? "";
      known.push(past.events(run).length);
      if (known.length === 3)
        journal.commit({ events: [{ run, event: { ...events[0]?.event, seq: 0 } as TowpathEvent }] });
    },
  };
  expect(await delivered(sink, counting)).toEqual([]);
  expect(known).toEqual([1_000, 1_000, 1_000, ...Array.from({ length: 8 }, () => 1_001)]);
  expect(read).toBe(1_001);
});

it("leaves a sink that hangs, tells it so, and gives it the same events again (R26)", async () => {
  const journal = journalOf(10);
  let told = false;
  const seen: number[] = [];
  const hanging: Sink = {
    name: "s",
    timeoutMs: 50,
    async deliver(events, signal) {
      seen.push(events[0]?.position ?? 0);
      signal.addEventListener("abort", () => (told = true));
      await new Promise(() => undefined);
    },
  };
  const [warning] = await delivered(hanging, journal);
  expect(warning).toMatch(/^the sink s took nothing: it did not answer within \d+ ms$/);
  expect(told).toBe(true);
  await delivered(hanging, journal);
  expect(seen).toEqual([1, 1]);
});

it("gives a slow sink its time and no more; the rest follows later (R26)", async () => {
  const journal = journalOf(10);
  const slow: Sink = {
    name: "s",
    batch: 1,
    timeoutMs: 60,
    deliver: () => new Promise((done) => setTimeout(done, 25)),
  };
  const [warning] = await delivered(slow, journal);
  expect(warning).toMatch(/the sink s took nothing: it (was not done|did not answer) within/);
  const before = journal.cursor("s");
  expect(before).toBeGreaterThan(0);
  await delivered(slow, journal);
  expect(journal.cursor("s")).toBeGreaterThan(before);
});
