import type { Events, GateResult, RunReport, TowpathEvent } from "@towpath/core";
import { isSlow, type RunRecord } from "@towpath/history";
import { cleanStrings } from "../clean-strings.ts";
import {
  allResults,
  countsLine,
  duration,
  missingEvidence,
  nextSteps,
  stageError,
  stopReason,
  waitText,
} from "@towpath/report";
import { mark, type Paint } from "../terminal.ts";
import { heartbeat } from "./heartbeat.ts";
import type { Reporter, ReportFiles, Streams } from "./reporter.ts";
import { hanging } from "./hanging.ts";
import { resultBlock, secretLines } from "./result-block.ts";

/** What the `default` reporter is set up with. */
export interface DefaultReporterOptions {
  readonly streams: Streams;
  /** Paint for the result. */
  readonly paint: Paint;
  /** Paint for the progress. */
  readonly progressPaint: Paint;
  readonly quiet: boolean;
  readonly verbose: boolean;
  /** Absolute repository root, for code frames. */
  readonly root: string;
  /** Past runs of the component, oldest first: for estimates and slow marks. */
  readonly past: readonly RunRecord[];
}

/** For people: stages and gates as they go, then what blocks, why, where and how to mend it. */
export function defaultReporter(options: DefaultReporterOptions): Reporter {
  const { streams, paint, progressPaint, quiet, verbose, past } = options;
  const say = (line: string): void => streams.err(`${line}\n`);
  const beat = heartbeat({ past, say: (line) => say(progressPaint("dim", line)) });
  const isSlowGate = slowGates(past);
  return {
    event(untrusted) {
      if (quiet) return;
      const event = cleanStrings(untrusted);
      const line = progressLine(event, progressPaint, verbose);
      const slow =
        event.type === "gate:end" && isSlowGate(event.result) ? progressPaint("yellow", " slow") : "";
      if (line !== undefined) say(`${line}${slow}`);
      beat.event(event);
    },
    async finish(untrusted, files) {
      beat.stop();
      const report = cleanStrings(untrusted);
      const blocks: string[] = [];
      const results = allResults(report);
      const hidden = secretLines(results);
      for (const result of results) {
        const block = await resultBlock(result, report, {
          paint,
          verbose,
          root: options.root,
          secretLines: hidden,
        });
        if (block !== undefined) blocks.push(block);
      }
      streams.out(`${[...blocks, summary(report, files, paint)].join("\n\n")}\n`);
    },
  };
}

/** Tells which results took longer than nearly all of the same gate before. */
function slowGates(past: readonly RunRecord[]): (result: GateResult) => boolean {
  const records = past.flatMap(({ stages }) => stages.flatMap(({ gates }) => gates));
  const times = Map.groupBy(
    records.filter(({ cached }) => !cached),
    ({ gate }) => gate,
  );
  return ({ gate, cached, durationMs }) =>
    cached === undefined &&
    isSlow(
      durationMs,
      (times.get(gate) ?? []).map((record) => record.durationMs),
    );
}

function progressLine(event: TowpathEvent, paint: Paint, verbose: boolean): string | undefined {
  switch (event.type) {
    case "run:start":
      return runLine(event, paint);
    case "stage:start":
      return event.stage === "check" ? undefined : `\n${paint("bold", titleCase(event.stage))}`;
    case "gate:end":
      return gateLine(event, paint);
    case "stage:end":
      return event.status === "skipped"
        ? `\n${titleCase(event.stage)} skipped: ${event.reason ?? ""}`
        : undefined;
    case "retry":
      return `  ${paint("yellow", "↻")} ${event.gate}: attempt ${event.attempt} in ${duration(event.delayMs)} (${event.reason})`;
    case "plan":
      return `  ${paint("cyan", "✎")} plan: ${event.tasks} requirements${event.hits === 0 ? "" : `, ${event.hits} places in the code`}`;
    case "tests":
      return testsLine(event, paint);
    case "agent:start":
      return `  ${paint("cyan", "…")} ${event.agent} works on ${event.component}, round ${event.round}`;
    case "agent:end":
      return agentLine(event, paint);
    case "fix":
      return `  ${paint("cyan", "✎")} ${event.gate} fixed ${event.files.join(", ")}`;
    case "release":
      return releaseLine(event, paint);
    case "warning":
      return `${paint("yellow", "warning")} ${event.message}`;
    case "log":
      return verbose ? paint("dim", `    ${event.gate}: ${event.line}`) : undefined;
    default:
      return undefined;
  }
}

function runLine(event: Events["run:start"] & { readonly run: string }, paint: Paint): string {
  const what = event.components.join(", ");
  return `${paint("bold", `towpath ${event.kind}`)}  ${what} → ${event.target}   ${paint("dim", `run ${event.run}`)}`;
}

function gateLine({ result, run }: Events["gate:end"] & { readonly run: string }, paint: Paint): string {
  const [main] = result.measurements;
  const percent = main?.unit === "%" ? " %" : "";
  const figure =
    main === undefined
      ? ""
      : `${main.name} ${rounded(main.value)}${percent} (${main.operator} ${main.threshold})`;
  const from = result.cached?.run;
  const cached = from === undefined || from === run ? "" : paint("dim", ` as in run ${from}`);
  const detail = `${result.error?.message ?? result.waiting?.for ?? figure}${cached}`;
  const optional = result.required ? "" : paint("dim", " optional");
  const name = result.gate.padEnd(20);
  const took = (result.cached === undefined ? duration(result.durationMs) : "cached").padStart(8);
  return `  ${mark(result.verdict, paint)} ${name}${paint("dim", took)}  ${result.verdict.padEnd(8)} ${detail}${optional}`;
}

function testsLine({ generated, vacuous, red, files }: Events["tests"], paint: Paint): string {
  const wrote = files.length === 0 ? "as they were" : `wrote ${files.join(", ")}`;
  const refused = vacuous === 0 ? "" : `, ${vacuous} refused because they cannot fail`;
  return `  ${paint("cyan", "✎")} tests from the specification: ${generated}, ${red} of them red${refused} (${wrote})`;
}

function agentLine(event: Events["agent:end"], paint: Paint): string {
  const sign = mark(event.state === "done" || event.state === "idle" ? "passed" : "failed", paint);
  const took = duration(event.durationMs).padStart(8);
  const wrote = event.files.length === 0 ? "" : `changed ${event.files.join(", ")}`;
  const what = [event.reason ?? "", wrote].filter((words) => words !== "").join("; ");
  return `  ${sign} ${event.agent.padEnd(20)}${paint("dim", took)}  ${event.state.padEnd(8)} ${what}`;
}

const releaseWords = {
  build: "build",
  apply: "deploy",
  verify: "watch",
  rollback: "roll back",
  alert: "alert",
};

function releaseLine(event: Events["release"], paint: Paint): string {
  const what = releaseWords[event.step].padEnd(20);
  const took = duration(event.durationMs).padStart(8);
  const digest = event.digest?.slice(0, 12) ?? "";
  const planted = event.sabotage === undefined ? "" : ` (${event.sabotage})`;
  const detail = event.detail.split("\n", 1)[0] ?? "";
  const sign = event.ok ? mark("passed", paint) : mark("failed", paint);
  return `  ${sign} ${what}${paint("dim", took)}  ${event.environment}  ${digest}${planted}  ${detail}`;
}

function summary(report: RunReport, files: ReportFiles, paint: Paint): string {
  const results = allResults(report);
  const tone = report.exit === 0 ? "green" : report.exit === 1 ? "red" : "yellow";
  const stopped = stopReason(report);
  const waits = waitText(report);
  const counts =
    report.plan.kind === "run" || report.plan.kind === "check" ? countsLine(results) : report.plan.kind;
  const lines = [
    ...report.stages.flatMap(({ stage, release }) =>
      release === undefined ? [] : [`${stage.padEnd(11)} runs ${release.digest.slice(0, 12)}`],
    ),
    ...(report.scenarios ?? []).map(
      ({ name, passed, detail, tookMs }) =>
        `${mark(passed ? "passed" : "failed", paint)} ${name.padEnd(22)}${paint("dim", duration(tookMs).padStart(8))}  ${detail}`,
    ),
    ...(report.exit === 0 && report.message !== undefined ? [report.message] : []),
    ...(waits === undefined ? [] : [`waiting  ${waits}`]),
    ...(stopped === undefined ? [] : [`stopped: ${stopped}`]),
    ...errorLines(report, paint),
    ...missingEvidence(report).map(({ gate, message }) => `no evidence for ${gate}: ${message}`),
    [paint(tone, counts), duration(report.durationMs), `exit ${report.exit}`].join("    "),
    ...report.plan.leftOut.map(
      ({ gate, component, reason }) => `left out ${gate} for ${component}: ${reason}`,
    ),
    ...files.patches.map((path) => `fixed    undo with: git apply -R ${path}`),
    ...(files.report === undefined ? [] : [`report   ${files.report}`]),
    ...nextSteps(report).map((step) => `next     ${step}`),
  ];
  return lines.map(hanging).join("\n");
}

/** Why the stage itself broke, and where; how to mend it are the next steps. */
function errorLines(report: RunReport, paint: Paint): readonly string[] {
  const error = stageError(report);
  if (error === undefined) return [];
  const where = error.where.map((place) => `${paint("dim", "  at    ")}${place}`);
  return [`${paint("dim", "  why   ")}${error.why}   ${paint("dim", error.code)}`, ...where];
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

function titleCase(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
