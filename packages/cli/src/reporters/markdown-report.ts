import type { Finding, GateResult, RunReport } from "@towpath/core";
import { allResults, countsLine, missingEvidence, nextSteps, stopReason, waitText } from "../outcome.ts";
import { duration } from "../terminal.ts";
import { code, escape } from "./markdown-text.ts";

/** The detailed report of a run as Markdown; tool text is escaped, so that it cannot format or link anything. */
export function markdownReport(report: RunReport): string {
  const results = allResults(report);
  const components = report.plan.components.map((component) => component.name).join(", ");
  const stopped = stopReason(report);
  const waits = waitText(report);
  return [
    `# ${components} → ${report.plan.target}: ${report.exit === 0 ? "passed" : "not passed"}`,
    "",
    `Run \`${report.run}\`, begun ${report.startedAt}, ${duration(report.durationMs)}, exit ${report.exit}. ${countsLine(results)}.`,
    "",
    ...(stopped === undefined ? [] : [`Stopped: ${escape(stopped)}`, ""]),
    ...(waits === undefined ? [] : [`Waiting for ${escape(waits)}.`, ""]),
    ...list(
      "## Drill",
      (report.scenarios ?? []).map(
        ({ name, passed, detail, tookMs }) =>
          `${escape(name)}: ${passed ? "passed" : "failed"} in ${duration(tookMs)} (${escape(detail)})`,
      ),
    ),
    ...list(
      "## Releases",
      report.stages.flatMap(({ stage, release }) =>
        release === undefined ? [] : [`${stage} runs ${code(release.digest)}`],
      ),
    ),
    ...list("## Agent", report.stages.flatMap(roundLines)),
    ...missingEvidence(report).map(
      ({ gate, message }) => `- No evidence for \`${gate}\`: ${escape(message)}`,
    ),
    ...list(
      "## Next",
      nextSteps(report).map((step) => code(step)),
    ),
    ...table(results),
    ...results.flatMap(section),
    ...list(
      "## Warnings",
      report.warnings.map(({ message }) => escape(message)),
    ),
  ].join("\n");
}

function roundLines({ stage, rounds }: RunReport["stages"][number]): readonly string[] {
  return (rounds ?? []).map(({ agent, component, round, state, reason, violations, files }) => {
    const why = [reason ?? [], violations.map(({ path, detail }) => `${path ?? ""} ${detail}`.trim())].flat();
    const what = [...why, ...(files.length === 0 ? [] : [`changed ${files.join(", ")}`])].join("; ");
    return `${stage}, round ${round} on ${escape(component)}: ${escape(agent)} ${state}${what === "" ? "" : ` (${escape(what)})`}`;
  });
}

function table(results: readonly GateResult[]): readonly string[] {
  const rows = results.map((result) => {
    const figures = result.measurements.map(
      (m) => `${m.name} ${round(m.value)} ${m.operator} ${m.threshold} ${m.unit}`,
    );
    const looked = `${result.checked} of ${result.candidates}`;
    const cells = [
      result.gate,
      result.component,
      result.verdict,
      looked,
      figures.join("; "),
      result.cached === undefined ? duration(result.durationMs) : `from run ${result.cached.run}`,
    ];
    return `| ${cells.map(escape).join(" | ")} |`;
  });
  return [
    "| gate | component | verdict | checked | figures | time |",
    "|---|---|---|---|---|---|",
    ...rows,
    "",
  ];
}

function section(result: GateResult): readonly string[] {
  const tool = result.tool;
  const toolLine =
    tool === undefined
      ? []
      : [
          `Tool: ${escape(`${tool.name} ${tool.version}`)} (${escape(tool.engine ?? "native")}, found by ${escape(tool.via)})`,
        ];
  const sources = result.measurements.map(
    (m) => `${escape(m.name)} ${m.operator} ${m.threshold} is set by ${code(m.source)}`,
  );
  const error = result.error;
  const errorLines =
    error === undefined
      ? []
      : [
          escape(error.message),
          escape(error.why),
          ...error.where.map(code),
          ...error.fix.map((fix) => `Fix: ${escape(fix)}`),
        ];
  return [
    `## ${result.gate}: ${result.verdict}${result.required ? "" : " (optional)"}`,
    "",
    ...bullets([
      ...toolLine,
      ...sources,
      ...errorLines,
      ...result.warnings.map(escape),
      ...result.notes.map(escape),
      ...(result.waiting === undefined ? [] : [`Waiting for ${escape(result.waiting.for)}`]),
      ...(result.because === undefined ? [] : [`Measured because ${escape(result.because)}`]),
    ]),
    ...(result.findings.length === 0 ? [] : [...result.findings.map(findingLine), ""]),
  ];
}

function findingLine(finding: Finding): string {
  const at = finding.range === undefined ? "" : `:${finding.range.startLine}:${finding.range.startColumn}`;
  const place = finding.file === undefined ? "" : `${code(`${finding.file}${at}`)} `;
  return `- ${finding.level} ${place}${escape(finding.rule)}: ${escape(finding.message)}`;
}

function list(title: string, items: readonly string[]): readonly string[] {
  return items.length === 0 ? [] : [title, "", ...bullets(items)];
}

function bullets(items: readonly string[]): readonly string[] {
  return items.length === 0 ? [] : [...items.map((item) => `- ${item}`), ""];
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
