import type { RunRow, StoredEvent } from "./journal.ts";

/** What became of a batch that was taken. */
export interface Taken {
  /** What was refused for good and does not come again: people are warned of it. */
  readonly lost: string;
}

/** What a sink may look up, so that it need not remember anything from one process to the next. */
export interface Past {
  /** All events of a run so far, in order. */
  events(run: string): readonly StoredEvent[];
  run(id: string): RunRow | undefined;
}

/**
 * Is told of every event, at least once and in order. It may be down: what it missed is delivered later, and no verdict
 * ever depends on it.
 */
export interface Sink {
  /** Unique; its place in the journal is kept under this name. */
  readonly name: string;
  /** Events per call at most. @default 200 */
  readonly batch?: number;
  /** Limit of one call in milliseconds. @default 2000 */
  readonly timeoutMs?: number;
  /** Takes a batch. @throws when it could not; the same batch comes again */
  deliver(events: readonly StoredEvent[], signal: AbortSignal, past: Past): Promise<Taken | void>;
}
