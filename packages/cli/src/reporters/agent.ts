import type { Finding, GateResult, Measurement, RunReport } from "@towpath/core";
import { holds } from "@towpath/core";
import { cleanStrings } from "../clean-strings.ts";
import {
  allResults,
  countsLine,
  missingEvidence,
  nextSteps,
  outcomeOf,
  stageError,
  stopReason,
  waitText,
} from "@towpath/report";
import type { Reporter, ReportFiles, Streams } from "./reporter.ts";

/** Findings shown per gate; the rest is one pointer away. */
const shownFindings = 5;

/** Terse lines without decoration, for programs that read and pay per word. */
export function agentReporter({ out }: Streams): Reporter {
  return {
    event: () => undefined,
    finish: (report, files) => out(agentText(cleanStrings(report), files)),
  };
}

/** The text of the `agent` reporter. @param report already cleaned of control characters */
export function agentText(report: RunReport, files: ReportFiles): string {
  const results = allResults(report);
  const waits = waitText(report);
  const components = report.plan.components.map((component) => component.name).join(",");
  const head = [
    `RESULT ${outcomeOf(report)}`,
    `exit=${report.exit}`,
    `run=${report.run}`,
    `component=${components}`,
    `target=${report.plan.target}`,
    `gates: ${countsLine(results, ", ")}`,
  ].join(" ");
  const stopped = stopReason(report);
  const lines = [
    head,
    ...(stopped === undefined ? [] : [`STOP ${stopped}`]),
    ...errorLines(report),
    ...(waits === undefined ? [] : [`WAIT ${waits}`]),
    ...(report.scenarios ?? []).map(
      ({ name, passed, detail }) => `${passed ? "OK" : "FAIL"} ${name}: ${detail}`,
    ),
    ...results.flatMap((result) => resultLines(result, report)),
    ...missingEvidence(report).map(({ gate, message }) => `MISSING ${gate}: ${message}`),
    ...report.plan.leftOut.map(
      ({ gate, component, reason }) => `LEFT OUT ${gate} for ${component}: ${reason}`,
    ),
    ...report.warnings.map(({ message }) => `WARNING ${message}`),
    ...nextSteps(report).map((step) => `NEXT ${step}`),
    ...(files.result === undefined ? [] : [`FULL ${files.result}`]),
  ];
  // A tool that could begin a line could say what is next.
  return `${lines.map((line) => line.replaceAll(/\s*[\r\n\u2028\u2029]+\s*/g, " ")).join("\n")}\n`;
}

function errorLines(report: RunReport): readonly string[] {
  const error = stageError(report);
  return error === undefined
    ? []
    : [`WHY ${error.code} ${error.why}`, ...error.where.map((place) => `AT ${place}`)];
}

function resultLines(result: GateResult, report: RunReport): readonly string[] {
  const many = report.plan.components.length > 1 ? ` ${result.component}` : "";
  const optional = result.required ? "" : " (optional)";
  if (result.verdict === "failed") {
    const broken = result.measurements.filter((measurement) => !holds(measurement)).map(figure);
    const errors = result.findings.filter((finding) => finding.level !== "note");
    const more = errors.length > shownFindings ? [`  and ${errors.length - shownFindings} more`] : [];
    return [
      `FAIL ${result.gate}${many}${optional} ${result.code ?? ""} ${broken.join(", ")}`.trimEnd(),
      ...errors.slice(0, shownFindings).map((finding) => `  ${findingText(finding)}`),
      ...more,
    ];
  }
  if (result.verdict === "errored") {
    return [`ERROR ${result.gate}${many}${optional} ${result.code ?? ""} ${result.error?.message ?? ""}`];
  }
  if (result.verdict === "skipped" || result.verdict === "waived") {
    return [`${result.verdict.toUpperCase()} ${result.gate}${many} ${result.reason ?? ""}`];
  }
  return [];
}

function figure(measurement: Measurement): string {
  return `${measurement.name} ${round(measurement.value)}${measurement.unit === "%" ? "%" : ""} required ${measurement.operator} ${measurement.threshold}`;
}

function findingText(finding: Finding): string {
  const at = finding.range === undefined ? "" : `:${finding.range.startLine}:${finding.range.startColumn}`;
  const place = finding.file === undefined ? "" : `${finding.file}${at} `;
  return `${place}${finding.rule} ${firstLine(finding.message)}`;
}

function firstLine(text: string): string {
  return (text.split("\n", 1)[0] ?? "").slice(0, 200);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
