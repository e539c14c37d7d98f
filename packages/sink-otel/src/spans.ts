import type { GateResult, RunRow, StoredEvent, TowpathEvent, Verdict } from "@towpath/core";
import { names, own, type TaskResult } from "./attribute-names.ts";
import { attributes, nanos, type Span } from "./otlp.ts";
import { firstTrace, idOf, runSpanId, traceAt, type Trace } from "./trace-ids.ts";

/** What spans are made of. */
export interface SpanParts {
  /** Name of the pipeline. */
  readonly pipeline: string;
  readonly row: RunRow;
  /** All events of the run so far, in order. */
  readonly events: readonly StoredEvent[];
}

/** The end of a stage, and its place in the record of the run. What the event itself counts begins anew in each process. */
export type EndOfStage = Ended<"stage:end"> & { readonly place: StoredEvent["seq"] };

type Ended<K extends TowpathEvent["type"]> = Extract<TowpathEvent, { readonly type: K }>;

/** The span of a whole run, once it is over: of kind server, above all its stages. */
export function runSpan({ pipeline, row, events }: SpanParts, end: Ended<"run:end">): Span {
  const trace = firstTrace(row.id, events);
  const result = resultOfExit(end.exit);
  return {
    traceId: trace.traceId,
    spanId: runSpanId(row.id),
    ...(trace.parent === undefined ? {} : { parentSpanId: trace.parent }),
    name: `RUN ${pipeline}`,
    kind: 2,
    startTimeUnixNano: nanos(row.startedAt),
    endTimeUnixNano: nanos(Date.parse(end.at)),
    attributes: attributes({
      [names.pipelineName]: pipeline,
      [names.pipelineAction]: "RUN",
      [names.pipelineRunId]: row.id,
      [names.pipelineResult]: result,
      [names.errorType]: result === "failure" || result === "error" ? `exit ${end.exit}` : undefined,
      [own.target]: row.plan.target,
      [own.component]: row.plan.components.map(({ name }) => name).join(","),
    }),
    ...statusOf(result),
  };
}

/** The result of a run by its exit code. */
export function resultOfExit(exit: number): TaskResult {
  if (exit === 0) return "success";
  if (exit >= 128) return "cancellation";
  return exit === 1 ? "failure" : "error";
}

/** The spans of a stage that ended: its own, those of its gates, of their attempts, and of the processes in them. */
export function stageSpans(parts: SpanParts, end: EndOfStage): readonly Span[] {
  const { row, events } = parts;
  const run = row.id;
  const trace = traceAt(run, events, end.place);
  const stageId = idOf(16, "stage", run, end.stage);
  const above = runSpanId(run);
  const begun = Date.parse(end.at) - end.durationMs;
  const result = stageResult(end.status);
  const first = firstTrace(run, events);
  // In a trace of its own the stage hangs below who started the process, and points to the run.
  const elsewhere = first.traceId !== trace.traceId;
  const stage: Span = {
    traceId: trace.traceId,
    spanId: stageId,
    parentSpanId: elsewhere ? (trace.parent ?? above) : above,
    name: end.stage,
    kind: 1,
    startTimeUnixNano: nanos(begun),
    endTimeUnixNano: nanos(Date.parse(end.at)),
    attributes: attributes({
      ...task(parts, end.stage, end.stage, result),
      [own.stage]: end.stage,
    }),
    ...(elsewhere ? { links: [{ traceId: first.traceId, spanId: above }] } : {}),
    ...statusOf(result, end.reason),
  };
  const told = eventsOfStage(events, end);
  const results = told.flatMap((event) => (event.type === "gate:end" ? [event.result] : []));
  const gates = gateSpans(parts, trace, stageId, end.stage, results);
  const attempts = attemptsOfTools(told, run, end.stage);
  const tools = told.flatMap((event) =>
    event.type === "tool" ? [toolSpan(parts, trace, event, attempts.get(event.call) ?? stageId)] : [],
  );
  return [stage, ...gates, ...tools];
}

/** What was told between the beginning and the end of a stage. */
export function eventsOfStage(
  events: readonly StoredEvent[],
  { place }: EndOfStage,
): readonly TowpathEvent[] {
  const to = events.findIndex(({ seq }) => seq === place);
  const before = events.slice(0, to === -1 ? events.length : to);
  const from = before.findLastIndex(({ event }) => event.type === "stage:end");
  return before.slice(from + 1).map(({ event }) => event);
}

function gateSpans(
  parts: SpanParts,
  trace: Trace,
  parent: string,
  stage: string,
  results: readonly GateResult[],
): readonly Span[] {
  // What was answered from the record took no time: it is no task of this run.
  const measured = results.filter(({ cached }) => cached === undefined);
  const byGate = Map.groupBy(measured, ({ gate, component }) => `${gate}\n${component}`);
  return [...byGate.values()].flatMap((attempts) => {
    const last = attempts.at(-1);
    const [first] = attempts;
    if (first === undefined || last === undefined) return [];
    const gateId = gateSpanId(parts.row.id, stage, last);
    const gate: Span = {
      traceId: trace.traceId,
      spanId: gateId,
      parentSpanId: parent,
      name: last.gate,
      kind: 1,
      startTimeUnixNano: nanos(Date.parse(first.startedAt)),
      endTimeUnixNano: nanos(Math.max(...attempts.map(endOf))),
      attributes: attributes(gateAttributes(parts, stage, last)),
      ...statusOf(resultOf(last), last.error?.message),
    };
    return [
      gate,
      ...attempts.map((result, index) => attemptSpan(parts, trace, gateId, stage, result, index + 1)),
    ];
  });
}

function attemptSpan(
  parts: SpanParts,
  trace: Trace,
  parent: string,
  stage: string,
  result: GateResult,
  ordinal: number,
): Span {
  return {
    traceId: trace.traceId,
    spanId: attemptSpanId(parts.row.id, stage, result, ordinal),
    parentSpanId: parent,
    name: `${result.gate} attempt ${result.attempts}`,
    kind: 1,
    startTimeUnixNano: nanos(Date.parse(result.startedAt)),
    endTimeUnixNano: nanos(endOf(result)),
    attributes: attributes({ ...gateAttributes(parts, stage, result), [own.attempt]: result.attempts }),
    ...statusOf(resultOf(result), result.error?.message),
  };
}

function gateSpanId(run: string, stage: string, { gate, component }: GateResult): string {
  return idOf(16, "gate", run, stage, gate, component);
}

function attemptSpanId(run: string, stage: string, result: GateResult, ordinal: number): string {
  return idOf(16, "attempt", run, stage, result.gate, result.component, ordinal);
}

function gateAttributes(
  parts: SpanParts,
  stage: string,
  result: GateResult,
): Readonly<Record<string, string | number | undefined>> {
  const [main] = result.measurements;
  const id = `${stage}/${result.gate}/${result.component}`;
  return {
    ...task(parts, result.gate, id, resultOf(result)),
    [names.taskType]: "test",
    [names.errorType]: result.error?.kind ?? (result.verdict === "failed" ? result.code : undefined),
    [own.stage]: stage,
    [own.gate]: result.gate,
    [own.component]: result.component,
    [own.verdict]: result.verdict,
    [own.errorKind]: result.error?.kind,
    [own.findings]: result.findings.length,
    [own.gateActual]: main?.value,
    [own.gateThreshold]: main?.threshold,
  };
}

/** Every task names itself, its run and how it ended; its address is that of the record, as there is no server. */
function task(
  { row, pipeline }: SpanParts,
  name: string,
  id: string,
  result: TaskResult,
): Readonly<Record<string, string>> {
  return {
    [names.pipelineName]: pipeline,
    [names.pipelineRunId]: row.id,
    [names.taskName]: name,
    [names.taskRunId]: `${row.id}/${id}`,
    [names.taskRunUrl]: `towpath://runs/${row.id}/${id}`,
    [names.taskResult]: result,
  };
}

/** The result of a verdict. One that is undecided is an error, never a success. */
export function resultOf({ verdict, error }: Pick<GateResult, "verdict" | "error">): TaskResult {
  if (error?.kind === "timeout") return "timeout";
  if (error?.kind === "cancelled") return "cancellation";
  const results: Readonly<Record<Verdict, TaskResult>> = {
    passed: "success",
    warned: "success",
    waived: "success",
    failed: "failure",
    errored: "error",
    inconclusive: "error",
    skipped: "skip",
  };
  return results[verdict];
}

function stageResult(status: Ended<"stage:end">["status"]): TaskResult {
  const results = { passed: "success", skipped: "skip", paused: "cancellation", stopped: "failure" } as const;
  return results[status];
}

function statusOf(result: TaskResult, message?: string): Pick<Span, "status"> {
  if (result === "success") return { status: { code: 1 } };
  if (result === "skip" || result === "cancellation") return {};
  return { status: { code: 2, ...(message === undefined ? {} : { message: message.slice(0, 500) }) } };
}

function endOf({ startedAt, durationMs }: GateResult): number {
  return Date.parse(startedAt) + durationMs;
}

/**
 * The spans of the attempts in which processes ended, by call. Told by the order of the events: the times of a gate leave
 * out that it waited for its place. A process of a shared artifact, or of a fix, is in none.
 */
function attemptsOfTools(
  told: readonly TowpathEvent[],
  run: string,
  stage: string,
): ReadonlyMap<string, string> {
  const open = new Map<string, string[]>();
  const ended = new Map<string, number>();
  const found = new Map<string, string>();
  for (const event of told) {
    if (event.type === "gate:start")
      for (const component of event.components) open.set(`${event.gate}\n${component}`, []);
    if (event.type === "tool") open.get(`${event.gate}\n${event.component}`)?.push(event.call);
    if (event.type !== "gate:end" || event.result.cached !== undefined) continue;
    const { result } = event;
    const key = `${result.gate}\n${result.component}`;
    const ordinal = (ended.get(key) ?? 0) + 1;
    ended.set(key, ordinal);
    for (const call of open.get(key) ?? []) found.set(call, attemptSpanId(run, stage, result, ordinal));
    open.delete(key);
  }
  return found;
}

function toolSpan({ row, pipeline }: SpanParts, trace: Trace, tool: Ended<"tool">, parent: string): Span {
  const ended = Date.parse(tool.at);
  return {
    traceId: trace.traceId,
    spanId: tool.call,
    parentSpanId: parent,
    name: tool.program,
    kind: 1,
    startTimeUnixNano: nanos(ended - tool.durationMs),
    endTimeUnixNano: nanos(ended),
    attributes: attributes({
      [names.pipelineName]: pipeline,
      [names.pipelineRunId]: row.id,
      [names.executable]: tool.program,
      [names.exitCode]: tool.code,
      [own.gate]: tool.gate,
      [own.component]: tool.component,
      [own.toolStatus]: tool.status,
    }),
    // An exit code other than 0 is how many tools say that they found something: only dying is an error.
    ...(tool.status === "exited" ? {} : { status: { code: 2 as const, message: tool.status } }),
  };
}
