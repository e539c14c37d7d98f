import type { StoredEvent } from "@towpath/core";
import { names, own } from "./attribute-names.ts";
import { anyValue, attributes, nanos, type LogRecord } from "./otlp.ts";
import type { SpanParts } from "./spans.ts";
import { runSpanId, traceAt } from "./trace-ids.ts";

interface Line {
  readonly severity: LogRecord["severityText"];
  readonly text: string;
  readonly more?: Readonly<Record<string, string | number | undefined>>;
}

const severityNumbers = { INFO: 9, WARN: 13, ERROR: 17 } as const;

/** An event as a line of the log, with the trace it belongs to; most events are spans and have none. */
export function logRecord({ row, events, pipeline }: SpanParts, stored: StoredEvent): LogRecord | undefined {
  const line = lineOf(stored);
  if (line === undefined) return undefined;
  const { traceId } = traceAt(row.id, events, stored.seq);
  const at = nanos(Date.parse(stored.event.at));
  return {
    timeUnixNano: at,
    observedTimeUnixNano: at,
    severityNumber: severityNumbers[line.severity],
    severityText: line.severity,
    body: anyValue(line.text),
    attributes: attributes({ [names.pipelineName]: pipeline, [names.pipelineRunId]: row.id, ...line.more }),
    traceId,
    spanId: runSpanId(row.id),
  };
}

function lineOf({ event }: StoredEvent): Line | undefined {
  switch (event.type) {
    case "warning":
      return { severity: "WARN", text: event.message };
    case "retry":
      return {
        severity: "WARN",
        text: `${event.gate}: attempt ${event.attempt} in ${event.delayMs} ms: ${event.reason}`,
        more: { [own.gate]: event.gate, [own.attempt]: event.attempt },
      };
    case "gate:end": {
      const { gate, component, verdict, error, findings } = event.result;
      if (verdict !== "failed" && verdict !== "errored") return undefined;
      const why =
        error?.message ?? findings.find(({ level }) => level === "error")?.message ?? "a figure is broken";
      const more = { [own.gate]: gate, [own.component]: component, [own.verdict]: verdict };
      return { severity: "ERROR", text: `${gate} ${verdict} for ${component}: ${why}`, more };
    }
    case "release": {
      const { environment, step, ok, detail } = event;
      const text = `${step} in ${environment}: ${detail}`;
      return { severity: ok ? "INFO" : "ERROR", text, more: { [own.environment]: environment } };
    }
    case "stage:end":
      return event.status === "stopped"
        ? {
            severity: "ERROR",
            text: `stopped at ${event.stage}${event.reason === undefined ? "" : `: ${event.reason}`}`,
          }
        : undefined;
    default:
      return undefined;
  }
}
