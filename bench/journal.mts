import { mkdir, mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import {
  createEngine,
  createKernel,
  systemClock,
  type Plan,
  type TowpathEvent,
} from "../packages/core/src/index.ts";
import { openJournal } from "../packages/engine-sqlite/src/index.ts";
import type { Timed } from "./interleave.mts";

/** What a step's outcome holds in the measurement; a gate's result is of about this size. */
const outcomeBytes = 1_000;
const stepsPerTurn = 100;

const plan: Plan = {
  schemaVersion: 1,
  kind: "check",
  target: "dev",
  components: [{ name: "foo", source: ["src/foo"], tests: [] }],
  stages: [],
  plugins: [],
  trusted: true,
  leftOut: [],
  fix: false,
  reuse: true,
  maxAgeMs: 1,
};

/**
 * Journaled steps beside bare commits of the same size to the same disk, each turn a hundred of them.
 * @param folder absolute; both databases lie in it
 */
export async function journaledSteps(folder: string): Promise<{ readonly ours: Timed; readonly raw: Timed }> {
  const root = await mkdtemp(join(folder, "journal-"));
  const journal = openJournal({ root });
  const engine = createEngine({ journal, clock: systemClock, lock: () => ({ release: () => undefined }) });
  const value = { text: "x".repeat(outcomeBytes) };
  const bytes = rowBytes(value);
  let runs = 0;
  const ours: Timed = async () => {
    const { bus } = createKernel();
    runs += 1;
    const id = `run-${runs}`;
    let took = 0;
    await engine.start(
      { id, plan },
      {
        async pipeline(ctx) {
          const begun = performance.now();
          for (let n = 0; n < stepsPerTurn; n += 1)
            await ctx.step(`step-${n}`, { plugin: "core", name: "null", effect: "pure" }, { n });
          took = performance.now() - begun;
          return { exit: 0, stages: [] };
        },
        steps: {
          execute: async () => value,
          probe: async () => ({ state: "absent" }),
          assume: async () => null,
        },
        bus,
        signal: new AbortController().signal,
      },
    );
    return took;
  };

  const bare = new DatabaseSync(join(root, "bare.db"));
  bare.exec(
    "pragma journal_mode = wal; pragma synchronous = full; create table row (id integer primary key, body text) strict",
  );
  const insert = bare.prepare("insert into row (body) values (?)");
  const body = "x".repeat(bytes);
  const raw: Timed = async () => {
    const begun = performance.now();
    for (let n = 0; n < stepsPerTurn; n += 1) {
      bare.exec("begin immediate");
      insert.run(body);
      bare.exec("commit");
    }
    return performance.now() - begun;
  };
  return { ours, raw };
}

/** About what a step's row holds besides its outcome: ids and two digests. */
function rowBytes(value: unknown): number {
  return JSON.stringify(value).length + 300;
}

/** A project whose journal holds many events. @returns its folder */
export async function longJournal(folder: string, events: number): Promise<string> {
  const root = join(folder, "long");
  await mkdir(join(root, "src/foo"), { recursive: true });
  const journal = openJournal({ root });
  const perRun = 500;
  for (let run = 0; run < events / perRun; run += 1) {
    const id = `run-${run}`;
    const now = Date.now();
    journal.commit({
      begin: { id, plan, startedAt: now, epoch: 1, status: "closed", exit: 0, changedAt: now },
    });
    const event = (seq: number): TowpathEvent => ({
      type: "warning",
      seq,
      at: new Date(now).toISOString(),
      run: id,
      message: `event ${seq} of the run ${id}, as long as events are`,
    });
    journal.commit({
      events: Array.from({ length: perRun }, (_, seq) => ({ run: id, event: event(seq + 1) })),
    });
  }
  journal.close();
  return root;
}
