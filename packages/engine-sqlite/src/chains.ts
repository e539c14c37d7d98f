import {
  entryAfter,
  isWhole,
  type Entry,
  type GateResult,
  type Journal,
  type Log,
  type TowpathEvent,
  type StoredEvent,
} from "@towpath/core";
import { integer, text, type Row, type Statements } from "./rows.ts";
import { DamagedRow } from "./storage-error.ts";

/** The kinds of chains; each has a table of its own, and one chain for each run or component. */
export type Chain = "event" | "evidence" | "fact";

/** SQL for the highest position that an event has, or had before it was removed (`keepPosition`). */
export const lastPosition =
  "max(coalesce((select max(position) from event), 0), coalesce((select seq from head where chain = 'position'), 0))";

/** Notes the highest position, as the events are about to be removed. */
export function keepPosition(sql: Statements): void {
  sql(`insert or replace into head values ('position', '', ${lastPosition}, '')`).run();
}

/** Extends chains within one transaction. */
export interface ChainWriter {
  /** The next entry of a chain; the caller writes it down. */
  next(chain: Chain, name: string, record: unknown): Entry;
  /** Writes the heads that moved. */
  finish(): void;
}

/** For one transaction: nobody else may move the heads meanwhile. */
export function chainWriter(sql: Statements): ChainWriter {
  const moved = new Map<
    string,
    { readonly chain: Chain; readonly name: string; readonly head: Log["head"] }
  >();
  return {
    next(chain, name, record) {
      const key = `${chain} ${name}`;
      const entry = entryAfter(moved.get(key)?.head ?? headOf(sql, chain, name), record);
      moved.set(key, { chain, name, head: entry });
      return entry;
    },
    finish() {
      for (const { chain, name, head } of moved.values()) {
        sql(
          `insert into head values (?, ?, ?, ?)
           on conflict (chain, name) do update set seq = excluded.seq, sha = excluded.sha`,
        ).run(chain, name, head.seq, head.sha);
      }
    },
  };
}

/** A whole chain with its head. Whether it holds, core's `brokenAt` says. */
export function readChain(sql: Statements, chain: Chain, name: string): Log {
  const key = chain === "event" ? "run" : "component";
  // The order of the journal; a wrong one shows as a gap.
  const order = chain === "event" ? "position" : "n";
  const rows = sql(`select seq, prev, sha, body from ${chain} where ${key} = ? order by ${order}`).all(name);
  return { entries: rows.map(toEntry), head: headOf(sql, chain, name) };
}

/** An entry as it stands in its row. */
function toEntry(row: Row): Entry {
  return {
    seq: integer(row, "seq"),
    prev: text(row, "prev"),
    sha: text(row, "sha"),
    body: text(row, "body"),
  };
}

/** The last result of a gate and the run that wrote it, or `undefined` when its digest does not fit. */
export function readLatest(sql: Statements, component: string, gate: string): ReturnType<Journal["latest"]> {
  const row = sql("select * from evidence where component = ? and gate = ? order by n desc limit 1").get(
    component,
    gate,
  );
  if (row === undefined) return undefined;
  const entry = toEntry(row);
  if (!isWhole(entry)) return undefined;
  const found = JSON.parse(entry.body) as GateResult;
  // The columns that it was found by are not part of the digest.
  const fits = found.component === component && found.gate === gate;
  return fits ? { result: found, run: text(row, "run") } : undefined;
}

/** Events in the order of the journal, each of them whole. */
export function readEvents(
  sql: Statements,
  { run, after = 0, limit = -1 }: { readonly run?: string; readonly after?: number; readonly limit?: number },
): readonly StoredEvent[] {
  const rows =
    run === undefined
      ? sql("select * from event where position > ? order by position limit ?").all(after, limit)
      : sql("select * from event where run = ? and position > ? order by position limit ?").all(
          run,
          after,
          limit,
        );
  return rows.map((row) => {
    const entry = toEntry(row);
    const position = integer(row, "position");
    if (!isWhole(entry)) throw new DamagedRow(`the event at position ${position} was changed`);
    return {
      position,
      // As it was asked for: SQLite may take the column from the index, which no digest covers.
      run: run ?? text(row, "run"),
      seq: entry.seq,
      event: JSON.parse(entry.body) as TowpathEvent,
      sha: entry.sha,
    };
  });
}

function headOf(sql: Statements, chain: Chain, name: string): Log["head"] {
  const row = sql("select seq, sha from head where chain = ? and name = ?").get(chain, name);
  return row === undefined ? { seq: 0, sha: "" } : { seq: integer(row, "seq"), sha: text(row, "sha") };
}
