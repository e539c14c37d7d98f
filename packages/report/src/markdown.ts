import type { Finding, GateResult, RunReport } from "@towpath/core";
import { duration } from "./duration.ts";
import { clip, code, escape, htmlText } from "./markdown-text.ts";
import {
  allResults,
  countsLine,
  missingEvidence,
  nextSteps,
  outcomeOf,
  stageError,
  stopReason,
  waitText,
} from "./outcome.ts";
import { figure } from "./problems.ts";

/** How a report as Markdown is made. */
export interface MarkdownOptions {
  /** Limit in bytes; the gates that block come first and the rest is counted. @default no limit */
  readonly maxBytes?: number;
  /** Hides each gate's findings behind a line to click on. @default false */
  readonly folded?: boolean;
  /** A first line that nobody sees, by which a comment is found again. @default none */
  readonly marker?: string;
  /** Where the whole report is, in words. @default "the report of the run" */
  readonly rest?: string;
}

/** GitHub drops a job summary of more than 1 MiB whole. */
const summaryBytes = 900_000;
/** GitHub takes 65,536 characters for a comment. */
const commentBytes = 64_000;
/** With a limit, no text is longer than that many characters, and no gate shows more findings than that. */
const limits = { text: 1_000, findings: 100 };

/**
 * The detailed report of a run as Markdown. Text of tools is escaped: it cannot format, link or mention anything.
 * @example markdownReport(report, { maxBytes: 64_000, folded: true })
 */
export function markdownReport(report: RunReport, options: MarkdownOptions = {}): string {
  const words = wordsFor(options);
  const results = allResults(report);
  if (options.maxBytes === undefined)
    return [
      ...head(report, words),
      ...table(results, words),
      ...results.flatMap((result) => section(result, words)),
      ...tail(report, words),
    ].join("\n");
  return fitted(report, results, { ...options, maxBytes: options.maxBytes }, words);
}

/** The report for the summary of a job: below the limit of GitHub, whatever was found. @param used bytes that the summary has already */
export function markdownSummary(report: RunReport, used = 0): string {
  return markdownReport(report, { maxBytes: Math.max(2_000, summaryBytes - used), folded: true });
}

/** The report for a comment on a pull request; its first line marks it, so that the next one takes its place. */
export function markdownComment(report: RunReport, rest?: string): string {
  return markdownReport(report, {
    maxBytes: commentBytes,
    folded: true,
    marker: commentMarker(report),
    ...(rest === undefined ? {} : { rest }),
  });
}

/** What stands in the first line of the comment about the same components and target. */
export function commentMarker({ plan }: RunReport): string {
  const components = plan.components.map(({ name }) => name).join(" ");
  return `<!-- towpath: ${`${plan.kind} ${plan.target} ${components}`.replaceAll(/[^\w -]/g, "_").replaceAll(/-{2,}/g, "_")} -->`;
}

/** How text is written, so that limits hold everywhere. */
interface Words {
  readonly folded: boolean;
  readonly maxFindings: number;
  text(text: string): string;
  code(text: string): string;
}

function wordsFor({ maxBytes, folded = false }: MarkdownOptions): Words {
  const cut = (text: string): string => (maxBytes === undefined ? text : clip(text, limits.text));
  return {
    folded,
    maxFindings: maxBytes === undefined ? Number.POSITIVE_INFINITY : limits.findings,
    text: (text) => escape(cut(text)),
    code: (text) => code(cut(text)),
  };
}

/** The blocks that fit, the gates that block first. */
function fitted(
  report: RunReport,
  all: readonly GateResult[],
  { marker, rest = "the report of the run", maxBytes }: MarkdownOptions & { readonly maxBytes: number },
  words: Words,
): string {
  const results = all.toSorted((a, b) => urgency(a) - urgency(b));
  const room = { left: maxBytes - 500 };
  const taken: string[] = [];
  const take = (lines: readonly string[], keep = 0): boolean => {
    const bytes = Buffer.byteLength(lines.join("\n")) + 1;
    if (bytes > room.left - keep) return false;
    room.left -= bytes;
    taken.push(...lines);
    return true;
  };
  const whole = [...(marker === undefined ? [] : [marker]), ...head(report, words)];
  if (!take(whole)) take([...(marker === undefined ? [] : [marker]), ...title(report)]);
  // Half of the room is for the table at most: the findings matter more than the gates that passed.
  const [above = "", rule = "", ...rows] = table(results, words).filter((line) => line !== "");
  take([above, rule]);
  const half = room.left / 2;
  const shown = rows.findIndex((row) => !take([row], half));
  take([""]);
  if (shown >= 0) take([`${rows.length - shown} more gates are in ${escape(rest)}.`, ""]);
  // Rather a few findings of every gate than all of one.
  const left = results.filter((result) => {
    const forms = [words.maxFindings, 10, 1].map((maxFindings) => section(result, { ...words, maxFindings }));
    return !forms.some((lines) => lines.length === 0 || take(lines));
  });
  take(tail(report, words));
  // What is kept back of the limit is enough for this.
  const more =
    left.length === 0
      ? []
      : [`The details of ${left.length} more gates are in ${escape(clip(rest, 200))}.`, ""];
  return [...taken, ...more].join("\n");
}

/** The lower, the earlier: what blocks, what is open, what only informs. */
function urgency({ verdict, required }: GateResult): number {
  const order = ["failed", "errored", "inconclusive", "waived", "warned", "skipped", "passed"];
  return order.indexOf(verdict) + (required ? 0 : order.length);
}

function title(report: RunReport): readonly string[] {
  const components = report.plan.components.map((component) => escape(component.name)).join(", ");
  const outcome = outcomeOf(report);
  const words = {
    passed: "passed",
    failed: "not passed",
    waiting: "waiting",
    stopped: "stopped",
    undecided: "not decided",
  };
  return [
    `# ${components} → ${report.plan.target}: ${words[outcome]}`,
    "",
    `Run ${code(report.run)}, begun ${escape(report.startedAt)}, ${duration(report.durationMs)}, exit ${report.exit}. ${countsLine(allResults(report))}.`,
    "",
  ];
}

function head(report: RunReport, words: Words): readonly string[] {
  const stopped = stopReason(report);
  const waits = waitText(report);
  return [
    ...title(report),
    ...(stopped === undefined ? [] : [`Stopped: ${words.text(stopped)}`, ""]),
    ...errorLines(report, words),
    ...(waits === undefined ? [] : [`Waiting for ${words.text(waits)}.`, ""]),
    ...list(
      "## Drill",
      (report.scenarios ?? []).map(
        ({ name, passed, detail, tookMs }) =>
          `${words.text(name)}: ${passed ? "passed" : "failed"} in ${duration(tookMs)} (${words.text(detail)})`,
      ),
    ),
    ...list(
      "## Releases",
      report.stages.flatMap(({ stage, release }) =>
        release === undefined ? [] : [`${stage} runs ${words.code(release.digest)}`],
      ),
    ),
    ...list(
      "## Tests from the specification",
      report.stages.flatMap((stage) => testLines(stage, words)),
    ),
    ...list(
      "## Agent",
      report.stages.flatMap((stage) => roundLines(stage, words)),
    ),
    ...bullets(
      missingEvidence(report).map(
        ({ gate, message }) => `No evidence for ${words.code(gate)}: ${words.text(message)}`,
      ),
    ),
    ...list("## Next", nextSteps(report).map(words.code)),
  ];
}

function tail(report: RunReport, words: Words): readonly string[] {
  return list(
    "## Warnings",
    report.warnings.map(({ message }) => words.text(message)),
  );
}

function errorLines(report: RunReport, words: Words): readonly string[] {
  const error = stageError(report);
  return error === undefined ? [] : bullets([words.text(error.why), ...error.where.map(words.code)]);
}

/** What was made, what was refused because it cannot fail, and what nothing could be made for. */
function testLines({ generated }: RunReport["stages"][number], words: Words): readonly string[] {
  return (generated ?? []).flatMap(({ component, tests, red, files, vacuous, uncovered }) => [
    `${words.text(component)}: ${tests.length} in ${files.length} files, ${red.length} of them red`,
    ...vacuous.map(({ id, reason }) => `${words.code(id)} was refused: ${words.text(reason)}`),
    ...uncovered.map(
      ({ requirement, reason }) => `none for ${words.code(requirement)}: ${words.text(reason)}`,
    ),
  ]);
}

function roundLines({ stage, rounds }: RunReport["stages"][number], words: Words): readonly string[] {
  return (rounds ?? []).map(({ agent, component, round, state, reason, violations, files }) => {
    const why = [reason ?? [], violations.map(({ path, detail }) => `${path ?? ""} ${detail}`.trim())].flat();
    const what = [...why, ...(files.length === 0 ? [] : [`changed ${files.join(", ")}`])].join("; ");
    return `${stage}, round ${round} on ${words.text(component)}: ${words.text(agent)} ${state}${what === "" ? "" : ` (${words.text(what)})`}`;
  });
}

function table(results: readonly GateResult[], words: Words): readonly string[] {
  const rows = results.map((result) => {
    const figures = result.measurements.map(
      (m) => `${m.name} ${figure(m.value)} ${m.operator} ${m.threshold} ${m.unit}`,
    );
    const cells = [
      result.gate,
      result.component,
      result.verdict,
      `${result.checked} of ${result.candidates}`,
      figures.join("; "),
      result.cached === undefined ? duration(result.durationMs) : `from run ${result.cached.run}`,
    ];
    return `| ${cells.map(words.text).join(" | ")} |`;
  });
  if (rows.length === 0) return [];
  return [
    "| gate | component | verdict | checked | figures | time |",
    "|---|---|---|---|---|---|",
    ...rows,
    "",
  ];
}

function section(result: GateResult, words: Words): readonly string[] {
  const { gate, component, verdict, required, findings } = result;
  const lines = [...bullets(factsOf(result, words)), ...findingLines(findings, words)];
  const optional = required ? "" : " (optional)";
  if (!words.folded) return [`## ${words.text(gate)}: ${verdict}${optional}`, "", ...lines];
  // What passed without a word has its row in the table.
  if (verdict === "passed" && findings.length === 0) return [];
  const count =
    findings.length === 0 ? "" : `, ${findings.length} ${findings.length === 1 ? "finding" : "findings"}`;
  const summary = `${htmlText(clip(gate, limits.text))} (${htmlText(clip(component, limits.text))}): ${verdict}${optional}${count}`;
  return [`<details><summary>${summary}</summary>`, "", ...lines, "</details>", ""];
}

function factsOf(result: GateResult, words: Words): readonly string[] {
  const { tool, error, measurements, warnings, notes, waiting, because, reason } = result;
  return [
    ...(tool === undefined
      ? []
      : [
          `Tool: ${words.text(`${tool.name} ${tool.version}`)} (${words.text(tool.engine ?? "native")}, found by ${words.text(tool.via)})`,
        ]),
    ...measurements.map(
      (m) => `${words.text(m.name)} ${m.operator} ${m.threshold} is set by ${words.code(m.source)}`,
    ),
    ...(error === undefined
      ? []
      : [
          words.text(error.message),
          words.text(error.why),
          ...error.where.map(words.code),
          ...error.fix.map((fix) => `Fix: ${words.text(fix)}`),
        ]),
    ...(reason === undefined ? [] : [words.text(reason)]),
    ...warnings.map(words.text),
    ...notes.map(words.text),
    ...(waiting === undefined ? [] : [`Waiting for ${words.text(waiting.for)}`]),
    ...(because === undefined ? [] : [`Measured because ${words.text(because)}`]),
  ];
}

function findingLines(findings: readonly Finding[], words: Words): readonly string[] {
  if (findings.length === 0) return [];
  const left = findings.length - words.maxFindings;
  const shown = findings.slice(0, words.maxFindings).map((finding) => findingLine(finding, words));
  return [...shown, ...(left > 0 ? [`- and ${left} more`] : []), ""];
}

function findingLine(finding: Finding, words: Words): string {
  const at = finding.range === undefined ? "" : `:${finding.range.startLine}:${finding.range.startColumn}`;
  const place = finding.file === undefined ? "" : `${words.code(`${finding.file}${at}`)} `;
  return `- ${finding.level} ${place}${words.text(finding.rule)}: ${words.text(finding.message)}`;
}

function list(heading: string, items: readonly string[]): readonly string[] {
  return items.length === 0 ? [] : [heading, "", ...bullets(items)];
}

function bullets(items: readonly string[]): readonly string[] {
  return items.length === 0 ? [] : [...items.map((item) => `- ${item}`), ""];
}
