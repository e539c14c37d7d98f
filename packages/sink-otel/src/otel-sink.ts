import type { Past, Sink, StoredEvent } from "@towpath/core";
import { collector } from "./collector.ts";
import { logRecord } from "./log-records.ts";
import { runMetrics, stageMetrics } from "./metrics.ts";
import type { OtelOptions, Signal } from "./options.ts";
import type { LogRecord, Metric, Span } from "./otlp.ts";
import { resource, scope } from "./resource.ts";
import { runSpan, stageSpans, type SpanParts } from "./spans.ts";

/** What the sink works with, so that tests can turn it. */
export interface OtelParts {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly fetch: typeof globalThis.fetch;
}

/** What one batch comes to. */
interface Telemetry {
  readonly traces: readonly Span[];
  readonly metrics: readonly Metric[];
  readonly logs: readonly LogRecord[];
}

/**
 * Sends stages when they end, and runs when they are over, as spans, figures and lines of the log. All is made from the
 * journal, with ids that are the same each time: a collector that was down is told later, by whatever process.
 */
export function otelSink(options: OtelOptions, { env, fetch }: OtelParts): Sink {
  const target = collector(options, env, fetch);
  const sender = resource(env);
  return {
    name: "otel",
    timeoutMs: options.timeoutMs,
    async deliver(events, signal, past) {
      const made = telemetry(events, past, options.pipeline);
      const refused: string[] = [];
      for (const kind of options.signals) {
        const body = made[kind].length === 0 ? undefined : requestOf(kind, made, sender);
        const lost = body === undefined ? undefined : await target.send(kind, body, signal);
        if (lost !== undefined) refused.push(lost);
      }
      return refused.length === 0 ? undefined : { lost: refused.join("; ") };
    },
  };
}

function telemetry(events: readonly StoredEvent[], past: Past, pipeline: string): Telemetry {
  const traces: Span[] = [];
  const metrics: Metric[] = [];
  const logs: LogRecord[] = [];
  const known = new Map<string, SpanParts | undefined>();
  const partsOf = (run: string): SpanParts | undefined => {
    if (!known.has(run)) {
      const row = past.run(run);
      known.set(run, row === undefined ? undefined : { pipeline, row, events: past.events(run) });
    }
    return known.get(run);
  };
  for (const stored of events) {
    const { event, run } = stored;
    // A run that was removed from the journal since can no longer be told.
    const parts = partsOf(run);
    if (parts === undefined) continue;
    if (event.type === "stage:end") {
      const end = { ...event, place: stored.seq };
      traces.push(...stageSpans(parts, end));
      metrics.push(...stageMetrics(parts, end));
    }
    if (event.type === "run:end" && (event.status === "closed" || event.status === "superseded")) {
      traces.push(runSpan(parts, event));
      metrics.push(...runMetrics(parts, event));
    }
    const line = logRecord(parts, stored);
    if (line !== undefined) logs.push(line);
  }
  return { traces, metrics, logs };
}

function requestOf(
  kind: Signal,
  { traces, metrics, logs }: Telemetry,
  sender: ReturnType<typeof resource>,
): unknown {
  if (kind === "traces")
    return { resourceSpans: [{ resource: sender, scopeSpans: [{ scope, spans: traces }] }] };
  if (kind === "metrics")
    return { resourceMetrics: [{ resource: sender, scopeMetrics: [{ scope, metrics }] }] };
  return { resourceLogs: [{ resource: sender, scopeLogs: [{ scope, logRecords: logs }] }] };
}
