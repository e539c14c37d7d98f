import { lstatSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { TowpathError } from "@towpath/core";
import { makeFile, syncFolder } from "./state-folder.ts";
import { damage } from "./storage-error.ts";

/** Version of the tables. A journal of a higher one is refused, one of a lower one is migrated. */
export const schemaVersion = 1;

/** Brings a journal from one version to the next. */
export interface Migration {
  /** The version that it starts from. */
  readonly from: number;
  readonly sql: string;
}

/** Every step from the first released version to this one. Version 1 is the first. */
export const migrations: readonly Migration[] = [];

/**
 * The tables. Facts are only added; `body` is JSON, and `sha` says that a row still holds what was written. The chains'
 * heads stand apart from the entries, so that a lost end shows.
 */
const tables = `
  create table meta (
    id integer primary key check (id = 1), schema_version integer not null, created_by text not null,
    created_at text not null
  ) strict;
  create table run (
    n integer primary key, id text not null unique, started_at integer not null, epoch integer not null,
    status text not null, exit integer, changed_at integer not null, wait text, sha text not null
  ) strict;
  create index run_open on run (status) where status not in ('closed', 'superseded');
  create table plan (run integer primary key references run (n), body text not null, sha text not null) strict;
  create table run_component (
    component text not null, run integer not null references run (n), primary key (component, run)
  ) strict, without rowid;
  create index run_component_run on run_component (run);
  create table step (
    n integer primary key, run text not null references run (id), id text not null, body text not null,
    sha text not null, unique (run, id)
  ) strict;
  create table head (
    chain text not null, name text not null, seq integer not null, sha text not null, primary key (chain, name)
  ) strict, without rowid;
  create table event (
    position integer primary key, run text not null, seq integer not null, prev text not null,
    sha text not null, body text not null
  ) strict;
  create index event_run on event (run);
  create table evidence (
    n integer primary key, component text not null, seq integer not null, prev text not null, sha text not null,
    body text not null, gate text not null, run text not null
  ) strict;
  create index evidence_gate on evidence (component, gate);
  create table fact (
    n integer primary key, component text not null, seq integer not null, prev text not null, sha text not null,
    body text not null
  ) strict;
  create index fact_component on fact (component);
  create table message (
    n integer primary key, component text not null, run text not null, body text not null, sha text not null
  ) strict;
  create index message_component on message (component, run);
  create table sample (
    component text not null, environment text not null, digest text not null, t integer not null, body text not null,
    sha text not null, primary key (component, environment, digest, t)
  ) strict, without rowid;
  create table breaker (name text primary key, body text not null, sha text not null) strict, without rowid;
  create table cursor (sink text primary key, position integer not null) strict, without rowid;
`;

/**
 * Makes the tables in an empty database.
 * @param now epoch milliseconds
 */
export function createTables(db: DatabaseSync, now: number): void {
  db.exec("begin immediate");
  db.exec(tables);
  db.prepare("insert into meta values (1, ?, ?, ?)").run(
    schemaVersion,
    `Node ${process.versions.node}, SQLite ${process.versions["sqlite"] ?? "unknown"}`,
    new Date(now).toISOString(),
  );
  db.exec("commit");
}

/**
 * The version of a journal's tables.
 * @throws {TowpathError} TP6106 when the file is no journal, TP6104 when it is of a newer version
 */
export function versionOf(db: DatabaseSync, path: string): number {
  const known = db.prepare("select count(*) as n from sqlite_schema where name = 'meta'").get()?.["n"];
  const version =
    known === 1 ? db.prepare("select schema_version from meta").get()?.["schema_version"] : undefined;
  if (typeof version !== "number") throw damage(path, "it is no journal of Towpath");
  if (version <= schemaVersion) return version;
  throw new TowpathError("TP6104", {
    message: `${path} is of version ${version}; this program knows up to ${schemaVersion}`,
    where: [path],
  });
}

/**
 * Brings an older journal to the present version: a copy first (`<path>.bak`), then everything in one transaction.
 * @param version as `versionOf` gives it
 * @throws {TowpathError} TP6102 when there is no way from that version
 */
export function migrate(
  db: DatabaseSync,
  path: string,
  version: number,
  steps: readonly Migration[] = migrations,
): void {
  if (version === schemaVersion) return;
  wayFrom(version, steps, path);
  backUp(db, path);
  db.exec("begin immediate");
  try {
    // Anew: another process may have been faster.
    for (const { sql } of wayFrom(versionOf(db, path), steps, path)) db.exec(sql);
    db.prepare("update meta set schema_version = ?").run(schemaVersion);
    db.exec("commit");
  } catch (error) {
    if (db.isTransaction) db.exec("rollback");
    throw error;
  }
}

function wayFrom(version: number, steps: readonly Migration[], path: string): readonly Migration[] {
  const way: Migration[] = [];
  for (let at = version; at < schemaVersion; at += 1) {
    const step = steps.find(({ from }) => from === at);
    if (step === undefined) {
      throw new TowpathError("TP6102", {
        message: `${path} is of version ${version}, which no program can bring to ${schemaVersion}`,
        fix: ["Use the version of Towpath that wrote it.", "Or move the journal away and run again."],
        where: [path],
      });
    }
    way.push(step);
  }
  return way;
}

/** By SQLite, not by copying the file: that would drop this process's locks on it and miss the log. */
function backUp(db: DatabaseSync, path: string): void {
  const copy = `${path}.bak`;
  const unfinished = `${copy}.${process.pid}`;
  rmSync(unfinished, { force: true });
  makeFile(unfinished, "");
  db.prepare("vacuum into ?").run(unfinished);
  if (lstatSync(unfinished).size === 0) throw damage(path, "its copy is empty");
  renameSync(unfinished, copy);
  syncFolder(dirname(path));
}
