import type { GateResult, RunReport, StageReport } from "@towpath/core";
import { allResults, missingEvidence, outcomeOf, stopReason } from "./outcome.ts";
import { figure, problemsOfResult, type Problem } from "./problems.ts";
import { xml, type XmlElement } from "./xml.ts";

/** Readers refuse a text of more than ten million bytes, and people do not read so far. */
const longestText = 3_000_000;

/**
 * A run as JUnit XML: a suite per stage, a case per gate and component. `failed` is a failure, what could not decide or
 * waits is an error, what was skipped or waived is skipped with its reason.
 * @example await writeFile("towpath.xml", junit(report))
 */
export function junit(report: RunReport): string {
  const stages = report.stages.map((stage) => suiteOf(stage, report));
  const own = casesOfRun(report, stages);
  const suites = own.length === 0 ? stages : [...stages, { name: "run", durationMs: 0, cases: own }];
  return xml({
    name: "testsuites",
    attributes: {
      name: "towpath",
      ...counts(suites.flatMap(({ cases }) => cases)),
      time: seconds(report.durationMs),
      timestamp: report.startedAt,
    },
    children: suites.map(({ name, durationMs, cases }) => ({
      name: "testsuite",
      attributes: {
        name,
        ...counts(cases),
        time: seconds(durationMs),
        timestamp: report.startedAt,
        hostname: "localhost",
      },
      children: [...propertiesOf({ run: report.run, target: report.plan.target }), ...cases.map(elementOf)],
    })),
  });
}

type State = "passed" | "failure" | "error" | "skipped";

interface Case {
  readonly classname: string;
  readonly name: string;
  readonly durationMs: number;
  readonly state: State;
  readonly type: string;
  readonly message: string;
  readonly text: string;
  readonly properties: Readonly<Record<string, string>>;
}

interface Suite {
  readonly name: string;
  readonly durationMs: number;
  readonly cases: readonly Case[];
}

function suiteOf(stage: StageReport, report: RunReport): Suite {
  const last = allResults({ ...report, stages: [stage] });
  const cases = last.map((result) => caseOf(result, report));
  const { status, reason = "" } = stage;
  const own =
    status === "skipped"
      ? [stageCase(stage, "skipped", reason)]
      : status !== "passed" && !cases.some(ends)
        ? [stageCase(stage, "error", reason === "" ? `the stage ${status}` : reason)]
        : [];
  return { name: stage.stage, durationMs: stage.durationMs, cases: [...cases, ...own] };
}

/** Whether a case says why a run ended. What is optional ends none. */
function ends({ state, properties }: Case): boolean {
  return (state === "failure" || state === "error") && properties["required"] !== "false";
}

function stageCase({ stage, code, status, durationMs }: StageReport, state: State, message: string): Case {
  const type = code ?? status;
  return {
    classname: "towpath",
    name: stage,
    durationMs,
    state,
    type,
    message,
    text: message,
    properties: {},
  };
}

/** What no stage shows: evidence that is missing, or an end without a reason. */
function casesOfRun(report: RunReport, suites: readonly Suite[]): readonly Case[] {
  const base = { durationMs: 0, properties: {} };
  const missing = missingEvidence(report).map(({ gate, component, message }): Case => ({
    ...base,
    classname: component,
    name: gate,
    state: "error",
    type: "TP6001",
    message: `no evidence for ${gate}: ${message}`,
    text: message,
  }));
  const outcome = outcomeOf(report);
  const said = suites.some(({ cases }) => cases.some(ends));
  if (outcome === "passed" || said || missing.length > 0) return missing;
  const message = `the run ended as ${outcome}: ${stopReason(report) ?? report.wait?.for ?? `exit ${report.exit}`}`;
  return [
    { ...base, classname: "towpath", name: "run", state: "error", type: outcome, message, text: message },
  ];
}

const states: Readonly<Record<GateResult["verdict"], State>> = {
  passed: "passed",
  warned: "passed",
  failed: "failure",
  errored: "error",
  inconclusive: "error",
  skipped: "skipped",
  waived: "skipped",
};

function caseOf(result: GateResult, report: RunReport): Case {
  const { gate, component, verdict, required, checked, candidates, tool, code, durationMs } = result;
  const figures = result.measurements.map(
    ({ name, value, operator, threshold, unit, source }, index) =>
      [
        `figure.${index + 1}`,
        `${name} ${figure(value)} ${operator} ${threshold} ${unit} (${source})`,
      ] as const,
  );
  const problems = problemsOfResult(result, report);
  return {
    classname: component,
    name: gate,
    durationMs,
    state: states[verdict],
    type: code ?? verdict,
    message:
      result.error?.message ??
      result.waiting?.for ??
      result.reason ??
      `${verdict}: ${problems.length} problems`,
    text: textOf(problems),
    properties: {
      verdict,
      required: String(required),
      checked: `${checked} of ${candidates}`,
      ...(tool === undefined ? {} : { tool: `${tool.name} ${tool.version}` }),
      ...Object.fromEntries(figures),
    },
  };
}

/** The problems as lines, as many as readers can take. */
function textOf(problems: readonly Problem[]): string {
  const lines: string[] = [];
  let length = 0;
  for (const [index, { level, rule, message, place, located }] of problems.entries()) {
    const range = place.range === undefined ? "" : `:${place.range.startLine}:${place.range.startColumn}`;
    const line = `${located ? `${place.file}${range}: ` : ""}${level} ${rule}: ${message}`;
    length += line.length + 1;
    if (length > longestText) return [...lines, `and ${problems.length - index} more`].join("\n");
    lines.push(line);
  }
  return lines.join("\n");
}

function elementOf({
  classname,
  name,
  durationMs,
  state,
  type,
  message,
  text,
  properties,
}: Case): XmlElement {
  const problem: readonly XmlElement[] =
    state === "passed"
      ? []
      : state === "skipped"
        ? [{ name: "skipped", attributes: { message } }]
        : [{ name: state, attributes: { message, type }, text }];
  return {
    name: "testcase",
    attributes: { classname, name, time: seconds(durationMs) },
    children: [...propertiesOf(properties), ...problem],
  };
}

function propertiesOf(properties: Readonly<Record<string, string>>): readonly XmlElement[] {
  const children = Object.entries(properties).map(([name, value]) => ({
    name: "property",
    attributes: { name, value },
  }));
  return children.length === 0 ? [] : [{ name: "properties", children }];
}

function counts(cases: readonly Case[]): Readonly<Record<string, number>> {
  const count = (state: State): number => cases.filter((one) => one.state === state).length;
  return {
    tests: cases.length,
    failures: count("failure"),
    errors: count("error"),
    skipped: count("skipped"),
  };
}

function seconds(ms: number): string {
  return (Math.max(0, ms) / 1000).toFixed(3);
}
