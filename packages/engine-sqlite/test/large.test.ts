import { statSync } from "node:fs";
import { join } from "node:path";
import type { Journal, Sample, TowpathEvent } from "@towpath/core";
import { project } from "@towpath/testkit";
import { expect, it } from "vitest";
import { openJournal } from "../src/index.ts";
import { runOf } from "./nth-change.ts";

const digest = "d".repeat(64);

function fill(journal: Journal, runs: number, events: number, samples: number): void {
  for (let run = 0; run < runs; run += 1) {
    const id = `r${run}`;
    const event = (seq: number): TowpathEvent => ({
      type: "warning",
      seq,
      at: "2026-11-26T10:00:00.000Z",
      run: id,
      message: `event ${seq}`,
    });
    const each = Array.from({ length: events / runs }, (_, index) => ({ run: id, event: event(index + 1) }));
    journal.commit({ begin: { ...runOf(id), status: "closed" }, events: each });
  }
  const sample = (t: number): Sample => ({
    component: "cart",
    environment: "staging",
    digest,
    t: t * 30_000,
    state: "up",
  });
  for (let from = 0; from < samples; from += 1_000)
    journal.commit({ samples: Array.from({ length: 1_000 }, (_, index) => sample(from + index)) });
}

/** What `status` asks, many times over, in milliseconds. */
function askedFor(root: string): number {
  const journal = openJournal({ root, readOnly: true });
  try {
    const begun = performance.now();
    for (let n = 0; n < 300; n += 1) {
      journal.runs({ component: "cart", limit: 20 });
      journal.runs({ open: true });
      journal.latest("cart", "lint");
      journal.facts("cart");
    }
    return performance.now() - begun;
  } finally {
    journal.close();
  }
}

it("a journal of 10,000 events and 100,000 samples answers about the last runs as a small one does (R34)", async () => {
  const small = await project({});
  const large = await project({});
  for (const [root, events, samples] of [
    [small.root, 200, 1_000],
    [large.root, 10_000, 100_000],
  ] as const) {
    const journal = openJournal({ root });
    fill(journal, 20, events, samples);
    expect(journal.samples("cart", { environment: "staging", digest }).length).toBe(samples);
    // No reader holds the log open, so it is written back as it grows.
    expect(statSync(join(root, ".towpath", "journal.db-wal")).size).toBeLessThan(16 * 1024 * 1024);
    journal.close();
  }
  askedFor(small.root);
  const ratios = Array.from({ length: 5 }, () => askedFor(large.root) / askedFor(small.root));
  expect(Math.min(...ratios)).toBeLessThan(3);
});
