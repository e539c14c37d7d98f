import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { memoryJournal, type Plan } from "@towpath/core";
import { project } from "@towpath/testkit";
import { expect, it } from "vitest";
import { prune } from "./run-folder.ts";

const plan: Plan = {
  schemaVersion: 1,
  kind: "run",
  target: "dev",
  components: [],
  stages: [],
  plugins: [],
  trusted: true,
  leftOut: [],
  fix: false,
  reuse: true,
  maxAgeMs: 1,
};
const ids = ["20261126-100000-aaaa", "20261126-110000-bbbb", "20261126-120000-cccc"] as const;

it("old runs go when every sink has taken their events; without sinks, at once (R26)", async () => {
  const { root } = await project({});
  const journal = memoryJournal();
  for (const id of ids) {
    await mkdir(join(root, ".towpath", "runs", id), { recursive: true });
    journal.commit({
      begin: { id, plan, startedAt: 1, epoch: 1, status: "closed", changedAt: 1 },
      events: [
        {
          run: id,
          event: { type: "warning", at: "2026-11-26T10:00:00.000Z", run: id, seq: 1, message: "something" },
        },
      ],
    });
  }
  const positions = journal.events({}).map(({ position }) => position);
  expect(await prune(root, journal, 1, ["otel"])).toEqual([]);
  journal.advance("otel", positions[0] ?? 0);
  expect(await prune(root, journal, 1, ["otel"])).toEqual([ids[0]]);
  expect(await prune(root, journal, 1, ["otel", "other"])).toEqual([]);
  expect(await prune(root, journal, 1)).toEqual([ids[1]]);
  expect(ids.map((id) => existsSync(join(root, ".towpath", "runs", id)))).toEqual([false, false, true]);
  expect(journal.run(ids[1])).toBe(undefined);
});
