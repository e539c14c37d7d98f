import type { Finding, GateResult, Level, Range, RunReport, Severity } from "@towpath/core";
import { jsonText } from "./json-text.ts";
import { allResults, outcomeOf } from "./outcome.ts";
import { entryOf, problemsOf, type Problem, type ProblemPlace } from "./problems.ts";

/** GitHub refuses a run with more results; of those it takes it shows the first 5,000, so the worst come first. */
const mostResults = 25_000;
/** GitHub refuses a file with more runs. */
const mostRuns = 20;
/** What GitHub makes critical, high, medium and low of. */
const securitySeverity: Readonly<Record<Severity, string>> = {
  critical: "9.5",
  high: "8.0",
  medium: "5.5",
  low: "2.0",
  info: "0.0",
};

/** What Towpath itself has to say: the name of its SARIF run, beside those of the gates. */
const own = "towpath";

/**
 * A run as SARIF 2.1.0: one SARIF run for each gate that was measured, with its tool as the driver, and before them one
 * of Towpath itself, which says what could not be decided. A gate that could not decide, be it for one of several
 * components, has no run of its own: GitHub would close what the gate found before. What it found elsewhere stands in
 * the run of Towpath. Results are ordered, the worst first.
 * @example await writeFile("towpath.sarif", sarif(report))
 */
export function sarif(report: RunReport): string {
  const results = allResults(report);
  const undecided = new Set(results.filter(({ verdict }) => verdict === "errored").map(({ gate }) => gate));
  const measured = new Set(
    results.filter((result) => isMeasured(result) && !undecided.has(result.gate)).map(({ gate }) => gate),
  );
  const runOfGate = (gate: string): string => (measured.has(gate) ? gate : own);
  const problems = Map.groupBy(problemsOf(report), ({ kind, gate }) =>
    kind === "finding" || kind === "threshold" ? runOfGate(gate) : own,
  );
  const byRun = Map.groupBy(results, ({ gate }) => runOfGate(gate));
  const runs = [...measured]
    .map((gate): GateRun => ({ gate, problems: problems.get(gate) ?? [], results: byRun.get(gate) ?? [] }))
    .toSorted((a, b) => b.problems.length - a.problems.length);
  const shown = runs.slice(0, mostRuns - 1);
  const left = runs.slice(mostRuns - 1).map(({ gate }) => gate);
  const ownRun = { gate: own, problems: problems.get(own) ?? [], results: byRun.get(own) ?? [] };
  return jsonText({
    $schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
    version: "2.1.0",
    runs: [runOf(ownRun, report, left), ...shown.map((run) => runOf(run, report))],
  });
}

interface GateRun {
  readonly gate: string;
  readonly problems: readonly Problem[];
  readonly results: readonly GateResult[];
}

/** Whether there was an answer, of a tool that has a name. */
function isMeasured({ verdict, tool, gate }: GateResult): boolean {
  return verdict !== "errored" && tool !== undefined && tool.name !== "" && gate !== own;
}

function runOf(
  { gate, problems, results }: GateRun,
  report: RunReport,
  leftOut: readonly string[] = [],
): object {
  const rules = rulesOf(problems, results);
  const index = new Map(rules.map(({ id }, at) => [id, at]));
  const shown = problems.slice(0, mostResults);
  const cut = problems.length - shown.length;
  const notes = [
    ...(cut > 0 ? [`${cut} more results are in the record of the run.`] : []),
    ...(leftOut.length > 0
      ? [`Left out, as a file has ${mostRuns} runs at most: ${leftOut.join(", ")}.`]
      : []),
  ];
  const invocations = results.map((result) => invocation(result));
  return {
    tool: { driver: driver(gate === own ? undefined : results.find(isMeasured), rules, report) },
    automationDetails: { id: automationId(gate, report) },
    originalUriBaseIds: { SRCROOT: { description: { text: "The root of the repository." } } },
    columnKind: "unicodeCodePoints",
    invocations:
      gate === own || notes.length > 0 ? [invocationOfRun(report, notes), ...invocations] : invocations,
    results: shown.map((problem) => resultOf(problem, index.get(ruleId(problem)) ?? 0)),
    properties: {
      towpath: { version: report.towpath, run: report.run, target: report.plan.target, gate },
    },
  };
}

/**
 * Tells the uploads of one gate from those of others. A run of one component has it in its name, as a workflow with a
 * job per component uploads a file for each.
 */
function automationId(gate: string, { plan }: RunReport): string {
  const [only, ...others] = plan.components;
  return only !== undefined && others.length === 0 ? `towpath/${only.name}/${gate}/` : `towpath/${gate}/`;
}

interface Rule {
  readonly id: string;
}

/** The rules that the problems name, once each. What a rule means is its tool's matter; what to do is the gate's. */
function rulesOf(problems: readonly Problem[], results: readonly GateResult[]): readonly Rule[] {
  const first = Map.groupBy(problems, ruleId);
  return [...first].map(([id, [problem, ...more]]) => {
    const about = results.filter(({ gate }) => gate === problem?.gate);
    const category = about[0]?.category;
    const entry = entryOf(id) ?? entryOf(about.find(({ code }) => code !== undefined)?.code);
    const title = entryOf(id)?.title ?? `${problem?.tool ?? ""} ${id}`.trim();
    const help =
      entry === undefined
        ? title
        : [entry.title, entry.why, ...entry.fix.map((fix) => `Fix: ${fix}`)].join("\n");
    const severities = [problem, ...more].flatMap((one) => one?.severity ?? []);
    const score = severities
      .map((severity) => securitySeverity[severity])
      .toSorted()
      .at(-1);
    const uri = problem?.ruleUrl;
    return {
      id,
      shortDescription: { text: title },
      fullDescription: { text: entry === undefined ? title : `${title}: ${entry.title}` },
      help: { text: help },
      ...(uri !== undefined && isWebAddress(uri) ? { helpUri: new URL(uri).href } : {}),
      defaultConfiguration: { level: problem?.level ?? "warning" },
      properties: {
        ...(category === undefined ? {} : { tags: [category] }),
        "problem.severity": problemSeverity(problem?.level ?? "warning"),
        ...(category === "security" && score !== undefined ? { "security-severity": score } : {}),
      },
    };
  });
}

function problemSeverity(level: Level): string {
  return level === "note" ? "recommendation" : level;
}

function driver(result: GateResult | undefined, rules: readonly Rule[], { towpath }: RunReport): object {
  const { name, version } = result?.tool ?? { name: own, version: towpath };
  return {
    name,
    ...(version === "" ? {} : { version }),
    ...(/^\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.+-]+)?$/.test(version) ? { semanticVersion: version } : {}),
    rules,
  };
}

function invocation(result: GateResult): object {
  const { verdict, error, waiting, reason, warnings, component, required, candidates, checked } = result;
  const started = new Date(result.startedAt);
  const said = [
    ...(verdict === "errored"
      ? [notification("error", `could not decide: ${error?.message ?? "nobody knows why"}`, result.code)]
      : []),
    ...(verdict === "inconclusive"
      ? [notification("warning", `waits for ${waiting?.for ?? "something"}`, result.code)]
      : []),
    ...(verdict === "skipped" ? [notification("warning", `was skipped: ${reason ?? ""}`)] : []),
    ...(verdict === "waived" ? [notification("note", `is waived: ${reason ?? ""}`)] : []),
    ...warnings.map((text) => notification("warning", text)),
  ];
  return {
    executionSuccessful: verdict !== "errored" && verdict !== "inconclusive",
    startTimeUtc: started.toISOString(),
    endTimeUtc: new Date(started.getTime() + Math.max(0, result.durationMs)).toISOString(),
    ...(said.length === 0 ? {} : { toolExecutionNotifications: said }),
    properties: {
      gate: result.gate,
      component,
      verdict,
      required,
      candidates,
      checked,
      measurements: result.measurements,
    },
  };
}

function invocationOfRun(report: RunReport, notes: readonly string[]): object {
  const outcome = outcomeOf(report);
  const said = [...(outcome === "passed" ? [] : [`the run ended as ${outcome}`]), ...notes];
  return {
    executionSuccessful: outcome === "passed",
    ...(said.length === 0
      ? {}
      : { toolExecutionNotifications: said.map((text) => notification("warning", text)) }),
  };
}

function notification(level: Level, text: string, code?: string): object {
  return { level, message: { text }, ...(code === undefined ? {} : { descriptor: { id: code } }) };
}

function resultOf(problem: Problem, ruleIndex: number): object {
  const { level, message, place, fingerprint, waived, component, gate, required, located } = problem;
  const changes = changesOf(problem.fix, place);
  return {
    ruleId: ruleId(problem),
    ruleIndex,
    level,
    kind: "fail",
    message: { text: message === "" ? ruleId(problem) : message },
    locations: [{ physicalLocation: physical(place) }],
    // Not `primaryLocationLineHash`: GitHub computes that one from the file, and complains of any other value.
    partialFingerprints: { "towpath/v1": fingerprint },
    ...(waived === undefined
      ? {}
      : { suppressions: [{ kind: "external", status: "accepted", justification: waived }] }),
    ...(changes === undefined ? {} : { fixes: [changes] }),
    properties: {
      component,
      gate,
      required,
      ...(located ? {} : { shownAt: "the configuration" }),
      ...(problem.fix?.kind === "text" ? { fix: problem.fix.text } : {}),
    },
  };
}

function ruleId({ rule, gate }: Problem): string {
  return rule === "" ? gate : rule;
}

function physical({ file, range }: ProblemPlace): object {
  return {
    artifactLocation: artifact(file),
    // GitHub wants a line of everything.
    region: range === undefined ? { startLine: 1 } : region(range),
  };
}

function artifact(file: string): object {
  const uri = file.toWellFormed().split("/").map(encodeURIComponent).join("/");
  return { uri, uriBaseId: "SRCROOT" };
}

/** SARIF counts from 1 and wants the end behind the start. */
function region({ startLine, startColumn, endLine, endColumn }: Range): object {
  const line = Math.max(1, startLine);
  const column = Math.max(1, startColumn);
  const ends = endLine > line || (endLine === line && endColumn >= column);
  return {
    startLine: line,
    startColumn: column,
    ...(ends ? { endLine, endColumn: Math.max(1, endColumn) } : {}),
  };
}

function changesOf(fix: Finding["fix"], { file }: ProblemPlace): object | undefined {
  if (fix?.kind !== "edit" || fix.edits.length === 0) return undefined;
  const replacements = fix.edits.map(({ range, text }) => ({
    deletedRegion: region(range),
    insertedContent: { text },
  }));
  return {
    description: { text: `${fix.applicability} fix` },
    artifactChanges: [{ artifactLocation: artifact(file), replacements }],
  };
}

function isWebAddress(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
