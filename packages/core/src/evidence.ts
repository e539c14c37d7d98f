import { createHash } from "node:crypto";
import type { GateResult } from "./result.ts";

/** A stored record, chained to the one before it, so that an edit, a loss or another order shows. */
export interface Entry {
  /** From 1, without gaps. */
  readonly seq: number;
  /** `sha` of the entry before, or an empty string. */
  readonly prev: string;
  /** sha256 over `seq`, `prev` and `body`. */
  readonly sha: string;
  /** The record as JSON. */
  readonly body: string;
}

/** A chain of records, and where it must end. The head is kept apart from the entries. */
export interface Log {
  readonly entries: readonly Entry[];
  readonly head: { readonly seq: number; readonly sha: string };
}

/** The results of a component. */
export type EvidenceLog = Log;

/** A log without entries. */
export const emptyLog: Log = { entries: [], head: { seq: 0, sha: "" } };

/** The entry that follows a head. */
export function entryAfter(head: Log["head"], record: unknown): Entry {
  const seq = head.seq + 1;
  const body = JSON.stringify(record);
  return { seq, prev: head.sha, sha: shaOf(seq, head.sha, body), body };
}

/** The log with one more record. */
export function append(log: Log, record: unknown): Log {
  const entry = entryAfter(log.head, record);
  return { entries: [...log.entries, entry], head: { seq: entry.seq, sha: entry.sha } };
}

/** Whether an entry's own digest fits what it holds. */
export function isWhole({ seq, prev, sha, body }: Entry): boolean {
  return shaOf(seq, prev, body) === sha;
}

/** Why a log cannot be trusted, or `undefined` when its chain is whole from the first entry to the head. */
export function brokenAt(log: Log): string | undefined {
  const sorted = log.entries.toSorted((a, b) => a.seq - b.seq);
  let last = { seq: 0, sha: "" };
  for (const entry of sorted) {
    if (entry.seq !== last.seq + 1) return `entry ${last.seq + 1} is missing or doubled`;
    if (entry.prev !== last.sha) return `entry ${entry.seq} does not follow the one before it`;
    if (!isWhole(entry)) return `entry ${entry.seq} was edited`;
    last = entry;
  }
  if (last.seq !== log.head.seq || last.sha !== log.head.sha)
    return `the log ends before entry ${log.head.seq}`;
  return undefined;
}

/** The results in a log, oldest first. Ask `brokenAt` first: a chain that is not whole says nothing. */
export function resultsIn(log: EvidenceLog): readonly GateResult[] {
  // Each body was written by `append`; that it is unchanged, `brokenAt` says.
  return log.entries.toSorted((a, b) => a.seq - b.seq).map(({ body }) => JSON.parse(body) as GateResult);
}

function shaOf(seq: number, prev: string, body: string): string {
  return createHash("sha256").update(`${seq}\n${prev}\n${body}`).digest("hex");
}
