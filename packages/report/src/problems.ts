import {
  catalogue,
  holds,
  type Finding,
  type GateResult,
  type Level,
  type Measurement,
  type Range,
  type RunReport,
  type Severity,
} from "@towpath/core";
import { createHash } from "node:crypto";
import { allResults, missingEvidence, outcomeOf, stopReason } from "./outcome.ts";

/** Where a problem is shown. */
export interface ProblemPlace {
  /** POSIX path relative to the repository root. */
  readonly file: string;
  readonly range?: Range;
}

/** One thing that a reader must see: a finding, or that a gate could not say yes for another reason. */
export interface Problem {
  readonly kind: "finding" | "threshold" | "undecided" | "evidence" | "run";
  /** Name of the gate; `towpath` for what is about the run itself. */
  readonly gate: string;
  readonly component: string;
  readonly required: boolean;
  /** The tool that says so. */
  readonly tool: string;
  readonly rule: string;
  readonly ruleUrl?: string;
  readonly level: Level;
  readonly severity?: Severity;
  readonly message: string;
  /** Where it is; for what is not about a file the place that set the threshold, or the configuration. */
  readonly place: ProblemPlace;
  /** Whether `place` is where the problem is, not only where it is shown. */
  readonly located: boolean;
  /** Stable identity without line numbers. */
  readonly fingerprint: string;
  readonly fix?: Finding["fix"];
  /** Why it does not count: the gate's result is waived. */
  readonly waived?: string;
}

/**
 * Everything in a run that is not as it should be, the worst first. A gate that failed without a finding, could not
 * decide or has no evidence is a problem of its own, so that no reader of a list of problems takes it for clean.
 */
export function problemsOf(report: RunReport): readonly Problem[] {
  const results = allResults(report);
  const found = [
    ...results.flatMap((result) => problemsOfResult(result, report)),
    ...evidenceProblems(report),
  ];
  // What is optional ends no run.
  const explained = found.some(
    (problem) => isBlocking(problem) || (problem.kind === "undecided" && problem.required),
  );
  return [...found, ...(explained ? [] : runProblem(report))].toSorted(byBadness);
}

/** The problems of one gate for one component, as the gate reported them. */
export function problemsOfResult(result: GateResult, report: RunReport): readonly Problem[] {
  return [
    ...result.findings.map((finding) => ofFinding(finding, result, report)),
    ...ofVerdict(result, report),
  ];
}

function ofFinding(finding: Finding, result: GateResult, report: RunReport): Problem {
  const { tool, rule, ruleUrl, level, severity, message, file, range, fingerprint, fix } = finding;
  const inside = file !== undefined && isRelative(file);
  return {
    kind: "finding",
    ...common(result),
    tool,
    rule,
    ...(ruleUrl === undefined ? {} : { ruleUrl }),
    level,
    ...(severity === undefined ? {} : { severity }),
    message,
    place: inside ? { file, ...(range === undefined ? {} : { range }) } : placeOfConfig(report),
    located: inside,
    fingerprint,
    ...(fix === undefined ? {} : { fix }),
  };
}

/** What a verdict says beside the findings. */
function ofVerdict(result: GateResult, report: RunReport): readonly Problem[] {
  const { verdict, error, waiting, reason } = result;
  const level = result.required ? "error" : "warning";
  if (verdict === "errored")
    return [
      own(result, report, { level, message: `could not decide: ${error?.message ?? "nobody knows why"}` }),
    ];
  if (verdict === "inconclusive")
    return [own(result, report, { level: "warning", message: `waits for ${waiting?.for ?? "something"}` })];
  if (verdict === "skipped" && result.required)
    return [
      own(result, report, { level: "warning", message: `was skipped: ${reason ?? "nobody says why"}` }),
    ];
  if (verdict !== "failed" && verdict !== "waived") return [];
  if (result.findings.some((finding) => finding.level === "error")) return [];
  const missed = result.measurements.filter((measurement) => !holds(measurement));
  if (missed.length === 0)
    return verdict === "waived"
      ? []
      : [own(result, report, { level, message: `failed: ${reason ?? "without a word why"}` })];
  return missed.map((measurement) => ofThreshold(measurement, result, report));
}

function ofThreshold(measurement: Measurement, result: GateResult, report: RunReport): Problem {
  const { name, value, unit, operator, threshold, source } = measurement;
  const words = { "<=": "at most", ">=": "at least", "==": "exactly" };
  const message = `${name} is ${figure(value)}, required ${words[operator]} ${threshold} ${unit} (${source})`;
  const problem = own(result, report, { level: result.required ? "error" : "warning", message, about: name });
  const at = placeIn(source);
  return { ...problem, kind: "threshold", ...(at === undefined ? {} : { place: at }) };
}

function evidenceProblems(report: RunReport): readonly Problem[] {
  return missingEvidence(report).map(({ gate, component, message }) => ({
    kind: "evidence",
    gate,
    component,
    required: true,
    tool: "towpath",
    rule: "TP6001",
    level: "error",
    message: `no evidence for ${gate}: ${message}`,
    place: placeOfConfig(report),
    located: false,
    fingerprint: digest("evidence", gate, component),
  }));
}

/** A run that did not pass and shows no reason is a problem itself. */
function runProblem(report: RunReport): readonly Problem[] {
  const outcome = outcomeOf(report);
  if (outcome === "passed") return [];
  const why = stopReason(report) ?? report.wait?.for ?? `exit ${report.exit}`;
  const component = report.plan.components.map(({ name }) => name).join(", ");
  return [
    {
      kind: "run",
      gate: "towpath",
      component,
      required: true,
      tool: "towpath",
      rule: report.stages.findLast(({ code }) => code !== undefined)?.code ?? "TP6001",
      level: outcome === "waiting" ? "warning" : "error",
      message: `the run ended as ${outcome}: ${why}`,
      place: placeOfConfig(report),
      located: false,
      fingerprint: digest("run", component, outcome),
    },
  ];
}

function own(
  result: GateResult,
  report: RunReport,
  {
    level,
    message,
    about = "",
  }: { readonly level: Level; readonly message: string; readonly about?: string },
): Problem {
  const { gate, component, verdict, code } = result;
  return {
    kind: "undecided",
    ...common(result),
    tool: "towpath",
    rule: code ?? "TP6001",
    level,
    message: `${gate} ${message}`,
    place: placeOfConfig(report),
    located: false,
    fingerprint: digest(gate, component, verdict, about),
  };
}

function common({
  gate,
  component,
  required,
  verdict,
  reason,
}: GateResult): Pick<Problem, "gate" | "component" | "required" | "waived"> {
  const waived = verdict === "waived" ? { waived: reason ?? "waived" } : {};
  return { gate, component, required, ...waived };
}

/** Where something is shown that has no place of its own. */
function placeOfConfig({ plan }: RunReport): ProblemPlace {
  const places = [plan.configFile, plan.components[0]?.spec, plan.components[0]?.source[0]];
  return { file: places.find((path) => path !== undefined && isRelative(path)) ?? "towpath.config.yaml" };
}

/** The place that a threshold's source names: `towpath.config.yaml:14`. */
function placeIn(source: string): ProblemPlace | undefined {
  const [, file, line] = /^([^\s:]+\.\w+):(\d{1,7})(?::\d+)?$/.exec(source) ?? [];
  if (file === undefined || !isRelative(file)) return undefined;
  const startLine = Math.max(1, Number(line));
  return { file, range: { startLine, startColumn: 1, endLine: startLine + 1, endColumn: 1 } };
}

/** A path that can only mean something in the repository. */
function isRelative(path: string): boolean {
  return path !== "" && !/^(?:[/\\]|[a-z]:)/i.test(path) && !path.split(/[/\\]/).includes("..");
}

function isBlocking({ level, required, waived }: Problem): boolean {
  return level === "error" && required && waived === undefined;
}

const levels: readonly Level[] = ["error", "warning", "note"];
const severities: readonly (Severity | undefined)[] = [
  "critical",
  "high",
  "medium",
  undefined,
  "low",
  "info",
];

function byBadness(a: Problem, b: Problem): number {
  return (
    Number(a.waived !== undefined) - Number(b.waived !== undefined) ||
    levels.indexOf(a.level) - levels.indexOf(b.level) ||
    severities.indexOf(a.severity) - severities.indexOf(b.severity) ||
    Number(b.required) - Number(a.required)
  );
}

function digest(...parts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

/** What the catalogue says about a code, if it is ours. */
export function entryOf(code: string | undefined): (typeof catalogue)[keyof typeof catalogue] | undefined {
  return code !== undefined && Object.hasOwn(catalogue, code)
    ? catalogue[code as keyof typeof catalogue]
    : undefined;
}

/** A figure with at most two decimals. */
export function figure(value: number): string {
  return Number.isFinite(value) ? String(Math.round(value * 100) / 100) : "not a number";
}
