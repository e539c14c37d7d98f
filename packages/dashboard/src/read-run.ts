import type { FindingFix, GateResult, RunRow, StoredEvent, TowpathEvent } from "@towpath/core";
import { mapStrings } from "@towpath/core";
import { recordRun } from "@towpath/history";
import { sanitize } from "@towpath/kit";
import { resultKey } from "./apply-change.ts";
import type { FindingView, OutcomeView, PauseView, ResultView, RunView, WorkView } from "./model.ts";
import { nextSteps } from "./next-steps.ts";

/** A run as the pages need it. */
export interface ReadRun {
  readonly run: RunView;
  readonly results: readonly ResultView[];
  readonly findings: readonly FindingView[];
}

/** How many findings of one result are kept, and how many lines of its output. */
const mostFindings = 200;
const mostLines = 60;
const longestText = 2_000;

/**
 * Reads a run from its events. Pure; every text is made safe to show.
 * @param events of this run, in order
 */
export function readRun(row: RunRow, events: readonly StoredEvent[]): ReadRun {
  const seen = follow(events);
  const outcomes = [...seen.results.values()].map(({ result, stage }) => outcomeOf(result, stage));
  const spec = row.plan.components.find((component) => component.spec !== undefined)?.spec;
  const record = recordRun(row, events);
  const read: ReadRun = {
    run: {
      ...record,
      ...(spec === undefined ? {} : { spec }),
      plan: row.plan.stages
        .filter(({ stored }) => stored !== true)
        .map(({ name, gates, skip }) => ({
          stage: name,
          gates: gates.map((gate) => gate.name),
          ...(skip === undefined ? {} : { skip }),
        })),
      ...(row.wait === undefined ? {} : { wait: row.wait }),
      lastAt: seen.lastAt ?? row.changedAt,
      running: row.status === "running" ? [...seen.running.values()] : [],
      pauses: seen.pauses,
      work: seen.work,
      outcomes,
      warnings: seen.warnings.slice(-20),
      next: nextSteps(row, outcomes),
    },
    results: [...seen.results.values()].map(({ result }) => resultOf(result, row.id, seen.log(result.gate))),
    findings: [...seen.results.values()].flatMap(({ result }) =>
      result.findings.slice(0, mostFindings).map((finding) => findingOf(finding, result.gate)),
    ),
  };
  return mapStrings(read, clean);
}

function clean(text: string): string {
  return text.length > longestText ? `${sanitize(text.slice(0, longestText))} …` : sanitize(text);
}

interface Seen {
  readonly results: ReadonlyMap<string, { readonly result: GateResult; readonly stage: string }>;
  readonly running: ReadonlyMap<string, RunView["running"][number]>;
  readonly pauses: readonly PauseView[];
  readonly work: readonly WorkView[];
  readonly warnings: readonly string[];
  readonly lastAt?: number;
  log(gate: string): readonly string[];
}

function follow(events: readonly StoredEvent[]): Seen {
  const results = new Map<string, { result: GateResult; stage: string }>();
  const running = new Map<string, RunView["running"][number]>();
  const pauses: PauseView[] = [];
  const work: WorkView[] = [];
  const warnings: string[] = [];
  const lines = new Map<string, string[]>();
  let stage = "";
  let lastAt: number | undefined;
  for (const { event } of events) {
    const at = Date.parse(event.at);
    lastAt = at;
    const done = workOf(event, stage, at);
    if (done !== undefined) work.push(done);
    switch (event.type) {
      case "stage:start":
        stage = event.stage;
        running.clear();
        break;
      case "gate:start":
        lines.delete(event.gate);
        running.set(event.gate, { gate: event.gate, attempt: event.attempt, startedAt: at });
        break;
      case "gate:end":
        running.delete(event.gate);
        results.set(resultKey(event.result), { result: event.result, stage });
        break;
      case "retry":
        pauses.push({
          gate: event.gate,
          attempt: event.attempt,
          at,
          durationMs: event.delayMs,
          reason: event.reason,
        });
        break;
      case "log": {
        const kept = lines.get(event.gate) ?? [];
        kept.push(event.line);
        lines.set(event.gate, kept.slice(-mostLines));
        break;
      }
      case "warning":
        warnings.push(event.message);
        break;
      default:
    }
  }
  return {
    results,
    running,
    pauses,
    work,
    warnings,
    ...(lastAt === undefined ? {} : { lastAt }),
    log: (gate) => lines.get(gate) ?? [],
  };
}

/** What an event says of work beside the gates. */
function workOf(event: TowpathEvent, stage: string, at: number): WorkView | undefined {
  switch (event.type) {
    case "agent:end":
      return {
        kind: "agent",
        stage,
        label: `${event.agent}, round ${event.round}`,
        detail: event.reason ?? `${event.state}, ${count(event.files.length, "file")}`,
        ok: event.state === "done" || event.state === "idle",
        startedAt: at - event.durationMs,
        durationMs: event.durationMs,
      };
    case "release":
      return {
        kind: "release",
        stage,
        label: `${event.step} ${event.environment}`,
        detail: event.detail,
        ok: event.ok,
        startedAt: at - event.durationMs,
        durationMs: event.durationMs,
      };
    case "tests":
      return {
        kind: "tests",
        stage,
        label: "generated tests",
        detail: `${event.generated} made, ${event.red} failed as they should, ${event.vacuous} prove nothing`,
        ok: event.vacuous === 0,
        startedAt: at,
        durationMs: 0,
      };
    case "plan":
      return {
        kind: "plan",
        stage,
        label: "work plan",
        detail: `${count(event.tasks, "task")}, ${event.hits} places in the code`,
        ok: true,
        startedAt: at,
        durationMs: 0,
      };
    case "fix":
      return {
        kind: "fix",
        stage,
        label: `fix of ${event.gate}`,
        detail: event.files.slice(0, 20).join(", "),
        ok: true,
        startedAt: at,
        durationMs: 0,
      };
    default:
      return undefined;
  }
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

function outcomeOf(result: GateResult, stage: string): OutcomeView {
  const { gate, component, verdict, required, code, error, waiting, reason, findings } = result;
  const message = error?.message ?? waiting?.for ?? reason;
  return {
    gate,
    component,
    stage,
    verdict,
    required,
    ...(code === undefined ? {} : { code }),
    ...(message === undefined ? {} : { message }),
    fix: [...(error?.fix ?? []), ...(waiting?.next ?? [])],
    findings: findings.slice(0, mostFindings).map(({ fingerprint }) => `${gate}:${fingerprint}`),
    found: findings.length,
  };
}

function resultOf(result: GateResult, run: string, log: readonly string[]): ResultView {
  const { stage: _, ...outcome } = outcomeOf(result, "");
  const { tool, cached, error, because } = result;
  return {
    ...outcome,
    target: result.target,
    run,
    category: result.category,
    plugin: result.plugin,
    ...(cached === undefined ? {} : { cached: cached.run }),
    startedAt: Date.parse(result.startedAt),
    durationMs: result.durationMs,
    attempts: result.attempts,
    candidates: result.candidates,
    checked: result.checked,
    measurements: result.measurements,
    warnings: result.warnings,
    notes: result.notes,
    ...(tool === undefined ? {} : { tool: `${tool.name} ${tool.version}` }),
    ...(error === undefined ? {} : { error: error.kind }),
    ...(because === undefined ? {} : { because }),
    log,
  };
}

function findingOf(finding: GateResult["findings"][number], gate: string): FindingView {
  const { fingerprint, tool, rule, ruleUrl, level, severity, message, file, range, fix } = finding;
  return {
    id: `${gate}:${fingerprint}`,
    gate,
    tool,
    rule,
    // Any other scheme could run code when it is clicked.
    ...(ruleUrl !== undefined && ruleUrl.startsWith("https://") ? { ruleUrl } : {}),
    level,
    ...(severity === undefined ? {} : { severity }),
    message,
    ...(file === undefined ? {} : { file }),
    ...(range === undefined ? {} : { line: range.startLine, column: range.startColumn }),
    ...(fix === undefined ? {} : { fix: { kind: fix.kind, text: fixText(fix) } }),
  };
}

function fixText(fix: FindingFix): string {
  switch (fix.kind) {
    case "text":
      return fix.text;
    case "command":
      return fix.argv.join(" ");
    case "edit":
      return `${fix.applicability} edit of ${count(fix.edits.length, "place")}`;
  }
}
