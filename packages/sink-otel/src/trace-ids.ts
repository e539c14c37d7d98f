import { createHash } from "node:crypto";
import type { StoredEvent } from "@towpath/core";

/** The trace that a part of a run belongs to. */
export interface Trace {
  readonly traceId: string;
  /** The span that is above this part: of whoever started the process, or of the run itself. */
  readonly parent?: string;
}

/**
 * An id that is the same whenever the same thing is told again, so that a batch that comes twice makes no second span.
 * @param digits 16 for a span, 32 for a trace
 */
export function idOf(digits: 16 | 32, ...parts: readonly (string | number)[]): string {
  const id = createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, digits);
  // Ids of zeros alone are invalid.
  return /^0+$/.test(id) ? `${id.slice(1)}1` : id;
}

/** The span of a run. */
export function runSpanId(run: string): string {
  return idOf(16, "run", run);
}

/** The trace of a traceparent (W3C Trace Context), or a trace of the run's own. */
export function traceOf(run: string, traceparent: string | undefined): Trace {
  const [, traceId, parent] = traceparent?.split("-") ?? [];
  return traceId === undefined || parent === undefined
    ? { traceId: idOf(32, "trace", run) }
    : { traceId, parent };
}

/**
 * The trace that a moment of a run belongs to: that of the process that was at work. A run that is resumed by another
 * pipeline goes on in that one's trace.
 * @param events of the run, in order
 * @param before only what was told before this event counts @default all
 */
export function traceAt(run: string, events: readonly StoredEvent[], before: number = Infinity): Trace {
  const started = events.findLast(({ event, seq }) => event.type === "run:start" && seq <= before);
  return traceOf(run, started?.event.type === "run:start" ? started.event.traceparent : undefined);
}

/** The trace in which a run began. */
export function firstTrace(run: string, events: readonly StoredEvent[]): Trace {
  const started = events.find(({ event }) => event.type === "run:start");
  return traceOf(run, started?.event.type === "run:start" ? started.event.traceparent : undefined);
}
