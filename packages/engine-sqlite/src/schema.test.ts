import { existsSync, statSync } from "node:fs";
import { cp, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { project } from "@towpath/testkit";
import { expect, it } from "vitest";
import { codeOf } from "../test/code-of.ts";
import { nthChange } from "../test/nth-change.ts";
import { changesIn } from "../test/story.ts";
import { connect, openDatabase } from "./database.ts";
import { openJournal } from "./open-journal.ts";
import { migrate, versionOf } from "./schema.ts";

/** Files that releases wrote; each stays readable for ever. */
const written = fileURLToPath(new URL("../fixtures/journal-v1.db", import.meta.url));

async function withJournal(from?: string): Promise<{ readonly root: string; readonly path: string }> {
  const { root } = await project({});
  const path = join(root, ".towpath/journal.db");
  if (from === undefined) openJournal({ root }).close();
  else {
    await mkdir(join(root, ".towpath"));
    await cp(from, path);
  }
  return { root, path };
}

/** Before there were samples. Nobody ever released that. */
async function withVersion0(): Promise<{ readonly root: string; readonly path: string }> {
  const made = await withJournal();
  const journal = openJournal(made);
  const { samples: _, ...change } = nthChange("r1", 1);
  journal.commit(change);
  journal.close();
  const db = connect(made.path);
  db.exec("drop table sample; update meta set schema_version = 0");
  db.close();
  return made;
}

const toVersion1 = {
  from: 0,
  sql: `create table sample (component text not null, environment text not null, digest text not null, t integer not null,
    body text not null, sha text not null, primary key (component, environment, digest, t)) strict, without rowid`,
};

it("reads and goes on with a journal of version 1", async () => {
  const { root } = await withJournal(written);
  const journal = openJournal({ root });
  expect(changesIn(journal, "r1")).toBe(3);
  expect(journal.run("r1")).toMatchObject({ status: "parked", wait: { step: "soak" } });
  expect(journal.samples("cart", { environment: "staging", digest: "d" })).toHaveLength(3);
  expect(journal.cursor("otel")).toBe(4);
  expect(journal.allow("lint", 10)).toBe(false);
  journal.commit(nthChange("r1", 4));
  expect(changesIn(journal, "r1")).toBe(4);
  journal.close();
  const reader = openJournal({ root, readOnly: true });
  expect(changesIn(reader, "r1")).toBe(4);
  reader.close();
});

it("refuses a newer version, and leaves it as it is", async () => {
  const { root, path } = await withJournal();
  const db = connect(path);
  db.exec("update meta set schema_version = 2");
  db.close();
  for (const readOnly of [false, true]) expect(codeOf(() => openJournal({ root, readOnly }))).toBe("TP6104");
  expect(existsSync(`${path}.bak`)).toBe(false);
});

it("refuses an older version to which there is no way, and leaves it as it is", async () => {
  const { root, path } = await withVersion0();
  for (const readOnly of [false, true]) expect(codeOf(() => openJournal({ root, readOnly }))).toBe("TP6102");
  expect(existsSync(`${path}.bak`)).toBe(false);
});

it("migrates an older version, and keeps a copy of it that only its owner can read", async () => {
  const { root, path } = await withVersion0();
  const db = connect(path);
  migrate(db, path, versionOf(db, path), [toVersion1]);
  migrate(db, path, versionOf(db, path), [toVersion1]);
  db.close();

  const journal = openJournal({ root });
  expect(journal.evidence("cart").head.seq).toBe(1);
  journal.commit(nthChange("r1", 2));
  expect(changesIn(journal, "r1")).toBe(2);
  journal.close();

  expect(statSync(`${path}.bak`).mode & 0o777).toBe(0o600);
  const copy = connect(`${path}.bak`, { readOnly: true });
  expect(versionOf(copy, path)).toBe(0);
  expect(copy.prepare("select count(*) as n from evidence").get()).toEqual({ n: 1 });
  copy.close();
});

it("writes nothing of a migration that breaks", async () => {
  const { path } = await withVersion0();
  const db = connect(path);
  const broken = { from: 0, sql: `${toVersion1.sql}; select * from nowhere` };
  expect(() => migrate(db, path, 0, [broken])).toThrow("nowhere");
  expect(versionOf(db, path)).toBe(0);
  expect(db.prepare("select name from sqlite_schema where name = 'sample'").get()).toBe(undefined);
  db.close();
  expect(existsSync(`${path}.bak`)).toBe(true);
  expect(codeOf(() => openDatabase(path, 0))).toBe("TP6102");
});
