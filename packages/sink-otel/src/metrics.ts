import { metricNames, names, own, ownMetrics } from "./attribute-names.ts";
import { attributes, nanos, type KeyValue, type Metric } from "./otlp.ts";
import { eventsOfStage, resultOf, resultOfExit, type EndOfStage, type SpanParts } from "./spans.ts";
import type { TowpathEvent } from "@towpath/core";

type Ended<K extends TowpathEvent["type"]> = Extract<TowpathEvent, { readonly type: K }>;

/** Upper bounds of the buckets of durations, in seconds. */
const bounds: readonly number[] = [0.1, 0.5, 1, 5, 10, 30, 60, 300, 900, 3_600, 14_400];

/** Figures of a run that is over. */
export function runMetrics({ pipeline, row }: SpanParts, end: Ended<"run:end">): readonly Metric[] {
  const at = Date.parse(end.at);
  const result = resultOfExit(end.exit);
  const failed = result === "failure" || result === "error";
  const shared = {
    [names.pipelineName]: pipeline,
    [own.target]: row.plan.target,
    [own.component]: row.plan.components.map(({ name }) => name).join(","),
  };
  const errorType = failed ? `exit ${end.exit}` : undefined;
  const duration = histogram(
    metricNames.runDuration,
    "Duration of a run",
    end.durationMs,
    at,
    attributes({
      ...shared,
      [names.pipelineRunState]: "finalizing",
      [names.pipelineResult]: result,
      [names.errorType]: errorType,
    }),
  );
  if (!failed) return [duration];
  const errors = attributes({ ...shared, [names.errorType]: errorType });
  return [
    duration,
    count(metricNames.runErrors, "{error}", "Runs that failed", 1, row.startedAt, at, errors),
  ];
}

/** Figures of a stage that ended: its time, its retries, and the time, values and thresholds of its gates. */
export function stageMetrics(parts: SpanParts, end: EndOfStage): readonly Metric[] {
  const at = Date.parse(end.at);
  const begun = at - end.durationMs;
  const shared = { [names.pipelineName]: parts.pipeline, [own.stage]: end.stage };
  const told = eventsOfStage(parts.events, end);
  const retries = told.filter(({ type }) => type === "retry").length;
  const status = attributes({
    ...shared,
    [names.taskResult]: end.status === "passed" ? "success" : end.status,
  });
  const stage = histogram(ownMetrics.stageDuration, "Duration of a stage", end.durationMs, at, status);
  const gates = told.flatMap((event) => {
    if (event.type !== "gate:end" || event.result.cached !== undefined) return [];
    const { result } = event;
    const ended = Date.parse(result.startedAt) + result.durationMs;
    const gate = { ...shared, [own.gate]: result.gate, [own.component]: result.component };
    const answered = attributes({
      ...gate,
      [own.verdict]: result.verdict,
      [names.taskResult]: resultOf(result),
    });
    const figures = result.measurements.flatMap(({ name, unit, value, threshold }) => {
      const figure = attributes({ ...gate, [own.measurement]: name, [own.unit]: unit });
      return [
        gauge(ownMetrics.gateValue, "What a gate measured", value, ended, figure),
        gauge(ownMetrics.gateThreshold, "What a gate requires", threshold, ended, figure),
      ];
    });
    return [
      histogram(ownMetrics.gateDuration, "Duration of a gate", result.durationMs, ended, answered),
      ...figures,
    ];
  });
  const again =
    retries === 0
      ? []
      : [
          count(
            ownMetrics.retries,
            "{retry}",
            "Attempts after breakage",
            retries,
            begun,
            at,
            attributes(shared),
          ),
        ];
  return [stage, ...again, ...gates];
}

function histogram(
  name: string,
  description: string,
  durationMs: number,
  at: number,
  labels: readonly KeyValue[],
): Metric {
  const seconds = durationMs / 1000;
  const bucket = bounds.findIndex((bound) => seconds <= bound);
  const filled = bucket === -1 ? bounds.length : bucket;
  return {
    name,
    description,
    unit: "s",
    histogram: {
      aggregationTemporality: 1,
      dataPoints: [
        {
          attributes: labels,
          startTimeUnixNano: nanos(at - durationMs),
          timeUnixNano: nanos(at),
          count: "1",
          sum: seconds,
          min: seconds,
          max: seconds,
          explicitBounds: bounds,
          bucketCounts: Array.from({ length: bounds.length + 1 }, (_, index) =>
            index === filled ? "1" : "0",
          ),
        },
      ],
    },
  };
}

function count(
  name: string,
  unit: string,
  description: string,
  value: number,
  begun: number,
  at: number,
  labels: readonly KeyValue[],
): Metric {
  const dataPoints = [
    { attributes: labels, startTimeUnixNano: nanos(begun), timeUnixNano: nanos(at), asDouble: value },
  ];
  return { name, unit, description, sum: { aggregationTemporality: 1, isMonotonic: true, dataPoints } };
}

function gauge(
  name: string,
  description: string,
  value: number,
  at: number,
  labels: readonly KeyValue[],
): Metric {
  return {
    name,
    unit: "1",
    description,
    gauge: { dataPoints: [{ attributes: labels, timeUnixNano: nanos(at), asDouble: value }] },
  };
}
