import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brokenAt, isTowpathError, type Journal, type Log } from "@towpath/core";
import { project } from "@towpath/testkit";
import { expect, it } from "vitest";
import { openJournal } from "../src/index.ts";
import { nthChange } from "./nth-change.ts";
import { runWriter } from "./programs.ts";
import { changesIn } from "./story.ts";

const pageSize = 4096;
const query = { environment: "staging", digest: "d" } as const;

type Answers = Readonly<Record<string, unknown>>;

/** Reads through a journal; whatever cannot be believed is `told`. */
function read(root: string, readOnly = true): Answers {
  const ask = (look: () => unknown): unknown => {
    try {
      return look();
    } catch (error) {
      // Anything but an error that says so would be a crash.
      if (isTowpathError(error) && /^TP610[246]$/.test(error.data.code)) return "told";
      throw error;
    }
  };
  let journal: Journal;
  try {
    journal = openJournal({ root, readOnly });
  } catch (error) {
    return {
      opened: ask(() => {
        throw error;
      }),
    };
  }
  try {
    return {
      evidence: ask(() => believed(journal.evidence("cart"))),
      facts: ask(() => believed(journal.facts("cart"))),
      events: ask(() => (journal.brokenEvents("r1") === undefined ? journal.events({ run: "r1" }) : "told")),
      run: ask(() => journal.run("r1")),
      latest: ask(() => journal.latest("cart", "lint")?.result),
      steps: ask(() => journal.steps("r1")),
      messages: ask(() => journal.messages("cart")),
      samples: ask(() => journal.samples("cart", query)),
    };
  } finally {
    journal.close();
  }
}

function believed(log: ReturnType<Journal["evidence"]>): unknown {
  return brokenAt(log) === undefined ? log : "told";
}

async function bytesOf(
  changes: number,
): Promise<{ readonly root: string; readonly path: string; readonly bytes: Buffer }> {
  const { root } = await project({});
  const journal = openJournal({ root });
  for (let n = 1; n <= changes; n += 1) journal.commit(nthChange("r1", n));
  journal.close();
  const path = join(root, ".towpath/journal.db");
  return { root, path, bytes: readFileSync(path) };
}

/** Byte numbers: all of the file's and of each page's first ones, and from the rest every 97th. */
function places(length: number): readonly number[] {
  const all = Array.from({ length }, (_, at) => at);
  return all.filter((at) => at < 100 || at % pageSize < 12 || at % 97 === 0);
}

it("a journal of which a byte was changed or the end was lost is told to be damaged, or answers the truth", async () => {
  const { root, path, bytes } = await bytesOf(10);
  const truth = read(root);
  expect(JSON.stringify(truth)).not.toContain('"told"');
  expect((truth["steps"] as unknown[]).length).toBe(10);

  const flips = places(bytes.length).map((at) => {
    const damaged = Buffer.from(bytes);
    damaged[at] = (damaged[at] ?? 0) ^ (1 << (at % 8));
    return { what: `byte ${at}`, damaged };
  });
  const cuts = Array.from({ length: bytes.length / pageSize }, (_, page) => page * pageSize)
    .flatMap((at) => [at, at + 1, at + 2000])
    .map((at) => ({ what: `cut at ${at}`, damaged: bytes.subarray(0, at) }));

  let told = 0;
  const lies: string[] = [];
  for (const [index, { what, damaged }] of [...flips, ...cuts].entries()) {
    writeFileSync(path, damaged);
    // A writer costs much more, and sees the same.
    const answers = read(root, index % 16 !== 0);
    if (answers["opened"] === "told") told += 1;
    if (answers["opened"] === "told" && !readFileSync(path).equals(damaged)) lies.push(`${what}: written to`);
    lies.push(...liesIn(answers, truth).map((name) => `${what}: ${name}`));
    for (const suffix of ["-wal", "-shm", "-journal"]) rmSync(path + suffix, { force: true });
  }
  expect(lies).toEqual([]);
  expect(told).toBeGreaterThan(cuts.length / 2);
});

/** Which answers are neither the truth nor `told`. Of what stands in no chain, a row may be lost, but none may differ. */
function liesIn(answers: Answers, truth: Answers): readonly string[] {
  if ("opened" in answers) return [];
  return Object.entries(answers).flatMap(([name, answer]) => {
    if (answer === "told") return [];
    if (["evidence", "facts", "events"].includes(name)) return same(answer, truth[name]) ? [] : [name];
    const written = new Set([truth[name]].flat().map((row) => JSON.stringify(row)));
    if (name === "latest") for (const { body } of (truth["evidence"] as Log).entries) written.add(body);
    const rows = answer === undefined ? [] : [answer].flat();
    return rows.every((row) => written.has(JSON.stringify(row))) ? [] : [name];
  });
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

it("a log of which a byte was changed or the end was lost holds what came before, whole, or is told to be damaged", async () => {
  const writer = (await project({})).root;
  const { lines } = await runWriter([writer, "r1", "9", "before", "9"]);
  expect(lines).toHaveLength(8);
  const state = join(writer, ".towpath");
  const [db, log] = [readFileSync(join(state, "journal.db")), readFileSync(join(state, "journal.db-wal"))];
  const flips = Array.from({ length: Math.floor(log.length / 2003) }, (_, index) => {
    const damaged = Buffer.from(log);
    const at = index * 2003;
    damaged[at] = (damaged[at] ?? 0) ^ (1 << (index % 8));
    return damaged;
  });
  const cuts = Array.from({ length: 20 }, (_, index) =>
    log.subarray(0, Math.floor((log.length * index) / 20)),
  );

  const { root } = await project({});
  mkdirSync(join(root, ".towpath"), { mode: 0o700 });
  const path = join(root, ".towpath/journal.db");
  const seen = new Set<number>();
  for (const damaged of [log, ...flips, ...cuts]) {
    for (const suffix of ["-wal", "-shm"]) rmSync(path + suffix, { force: true });
    writeFileSync(path, db);
    writeFileSync(`${path}-wal`, damaged);
    const journal = openJournal({ root, readOnly: true });
    // Throws when a change is there in part, or out of order.
    seen.add(changesIn(journal, "r1"));
    journal.close();
  }
  expect(Math.max(...seen)).toBe(8);
  expect(seen.size).toBeGreaterThan(4);
});

it.each([
  ["update evidence set body = replace(body, 'passed', 'failed') where seq = 2", "evidence"],
  ["update evidence set component = 'api' where seq = 3", "evidence"],
  ["delete from evidence where seq = 3", "evidence"],
  ["delete from head where chain = 'fact'", "facts"],
  ["update event set body = replace(body, 'lint', 'types') where seq = 1", "events"],
  ["delete from event where seq = 6", "events"],
  ["update run set status = 'closed'", "run"],
  ["update run set epoch = 7", "run"],
  ["update plan set body = replace(body, 'dev', 'production')", "run"],
  ["delete from plan", "run"],
  ["update step set body = replace(body, 'true', 'false') where n = 1", "steps"],
  ["update step set id = 'other' where n = 1", "steps"],
  ["update message set body = replace(body, 'false', 'true') where n = 1", "messages"],
  ["update sample set body = replace(body, 'up', 'down') where t = 1", "samples"],
])("an edit shows: %s", async (edit, where) => {
  const { root, path } = await bytesOf(3);
  const { DatabaseSync } = process.getBuiltinModule("node:sqlite");
  const db = new DatabaseSync(path);
  db.exec(edit);
  db.close();
  const told = Object.entries(read(root)).filter(([, answer]) => answer === "told");
  expect(told.map(([name]) => name)).toContain(where);
});

it("the last result of a gate is not reused when it was edited", async () => {
  const { root, path } = await bytesOf(3);
  const { DatabaseSync } = process.getBuiltinModule("node:sqlite");
  const db = new DatabaseSync(path);
  db.exec("update evidence set body = replace(body, 'passed', 'failed') where seq = 3");
  db.close();
  const journal = openJournal({ root });
  expect(journal.latest("cart", "lint")).toBe(undefined);
  journal.close();
});
