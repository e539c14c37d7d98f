import type { GateResult, RunReport } from "@towpath/core";
import { jsonText } from "./json-text.ts";
import { allResults, outcomeOf, stopReason } from "./outcome.ts";
import { problemsOf, problemsOfResult } from "./problems.ts";

type Status = "passed" | "failed" | "skipped" | "pending" | "other";

const statuses: Readonly<Record<GateResult["verdict"], Status>> = {
  passed: "passed",
  warned: "passed",
  failed: "failed",
  // Readers count `other` as neither good nor bad: what could not decide must not look fine.
  errored: "failed",
  inconclusive: "pending",
  skipped: "skipped",
  waived: "skipped",
};

/** Problems whose words stand in the message of a test. */
const shownProblems = 100;

/**
 * A run in the Common Test Report Format: a test per gate and component.
 * @example await writeFile("ctrf-report.json", ctrf(report))
 */
export function ctrf(report: RunReport): string {
  const tests = [...allResults(report).map((result) => testOf(result, report)), ...testsOfRun(report)];
  const start = Math.trunc(Date.parse(report.startedAt));
  const count = (status: Status): number => tests.filter((test) => test.status === status).length;
  const document = {
    reportFormat: "CTRF",
    specVersion: "0.0.0",
    runId: report.run,
    generatedBy: `towpath ${report.towpath}`,
    results: {
      tool: { name: "towpath", version: report.towpath },
      summary: {
        tests: tests.length,
        passed: count("passed"),
        failed: count("failed"),
        skipped: count("skipped"),
        pending: count("pending"),
        other: count("other"),
        start,
        stop: start + Math.round(Math.max(0, report.durationMs)),
      },
      tests,
      extra: { outcome: outcomeOf(report), exit: report.exit, target: report.plan.target },
    },
  };
  return jsonText(document);
}

interface CtrfTest {
  readonly name: string;
  readonly status: Status;
  readonly rawStatus: string;
  readonly duration: number;
  readonly suite: readonly string[];
  readonly message?: string;
  readonly tags?: readonly string[];
  readonly retries?: number;
  readonly extra?: object;
}

function testOf(result: GateResult, report: RunReport): CtrfTest {
  const { gate, component, verdict, category, durationMs, attempts, required, measurements } = result;
  const problems = problemsOfResult(result, report);
  const lines = problems
    .slice(0, shownProblems)
    .map(({ place, located, rule, message }) => `${located ? `${place.file}: ` : ""}${rule}: ${message}`);
  const left = problems.length - lines.length;
  const message = [...lines, ...(left > 0 ? [`and ${left} more`] : [])].join("\n");
  return {
    name: gate,
    status: statuses[verdict],
    rawStatus: verdict,
    duration: Math.round(Math.max(0, durationMs)),
    suite: [component],
    ...(message === "" ? {} : { message }),
    tags: [category],
    retries: Math.max(0, attempts - 1),
    extra: { required, measurements },
  };
}

/** What no gate shows. */
function testsOfRun(report: RunReport): readonly CtrfTest[] {
  return problemsOf(report)
    .filter(({ kind }) => kind === "evidence" || kind === "run")
    .map(({ gate, component, message, level }) => ({
      name: gate,
      status: level === "error" ? "failed" : "pending",
      rawStatus: stopReason(report) === undefined ? outcomeOf(report) : "stopped",
      duration: 0,
      suite: [component === "" ? "towpath" : component],
      message,
    }));
}
