import { digestOf } from "./canonical.ts";
import type { GateResult } from "./result.ts";

/** A stored result, chained to the one before it, so that an edit, a loss or another order shows. */
export interface Entry {
  /** From 1, without gaps. */
  readonly seq: number;
  /** `sha` of the entry before, or an empty string. */
  readonly prev: string;
  /** sha256 over `seq`, `prev` and `result`. */
  readonly sha: string;
  readonly result: GateResult;
}

/** The evidence of a run, and where its chain must end. The head is kept apart from the entries. */
export interface EvidenceLog {
  readonly entries: readonly Entry[];
  readonly head: { readonly seq: number; readonly sha: string };
}

/** A log without entries. */
export const emptyLog: EvidenceLog = { entries: [], head: { seq: 0, sha: "" } };

/** The log with one more result. */
export function append(log: EvidenceLog, result: GateResult): EvidenceLog {
  const seq = log.head.seq + 1;
  const prev = log.head.sha;
  const sha = digestOf({ seq, prev, result });
  return { entries: [...log.entries, { seq, prev, sha, result }], head: { seq, sha } };
}

/** Why a log cannot be trusted, or `undefined` when its chain is whole from the first entry to the head. */
export function brokenAt(log: EvidenceLog): string | undefined {
  const sorted = log.entries.toSorted((a, b) => a.seq - b.seq);
  let last = { seq: 0, sha: "" };
  for (const entry of sorted) {
    if (entry.seq !== last.seq + 1) return `entry ${last.seq + 1} is missing or doubled`;
    if (entry.prev !== last.sha) return `entry ${entry.seq} does not follow the one before it`;
    if (digestOf({ seq: entry.seq, prev: entry.prev, result: entry.result }) !== entry.sha) {
      return `entry ${entry.seq} was edited`;
    }
    last = entry;
  }
  if (last.seq !== log.head.seq || last.sha !== log.head.sha)
    return `the log ends before entry ${log.head.seq}`;
  return undefined;
}
