import {
  defineGate,
  type Evidence,
  type Gate,
  type GateContext,
  type PluginApi,
  type Threshold,
} from "@towpath/core";
import { sanitize, withFingerprints } from "@towpath/kit";
import { configFiles } from "./config-files.ts";
import { flakyTests } from "./flaky-tests.ts";
import { type OutcomeCounts, outcomeCounts } from "./outcome-counts.ts";
import { probePytest } from "./probe-pytest.ts";
import { type PytestRun, pytestRun } from "./pytest-run.ts";
import { runLimitMs } from "./run-limit.ts";
import { collectFailure, failedTest, flakyTest } from "./test-findings.ts";

/** Makes the gate `tests`: every test must pass. A flaky test is a warning here; the gate `flaky` judges it. */
export function testsGate(api: PluginApi): Gate {
  const limit: Threshold = {
    name: "failing tests",
    unit: "tests",
    operator: "<=",
    threshold: 0,
    source: api.origin([]),
  };
  return defineGate({
    name: "tests",
    category: "testing",
    stages: ["testing", "staging"],
    code: "TP3202",
    executesCode: true,
    subject: "tests",
    needs: [pytestRun],
    configFiles,
    timeoutMs: runLimitMs,
    thresholds: () => [limit],
    probe: probePytest,
    check: (ctx) => judgeTests(ctx, limit),
  });
}

async function judgeTests(ctx: GateContext, limit: Threshold): Promise<Evidence> {
  const run = ctx.artifacts.get(pytestRun);
  const roots = { root: ctx.workspace.root, rootdir: run.rootdir };
  const flaky = flakyTests(run);
  const failed = run.tests.filter((test) => test.outcome === "failed" && !flaky.includes(test));
  const outcomes = outcomeCounts(run);
  const drafts = [
    ...run.collectErrors.map((error) => collectFailure(error, roots)),
    ...failed.map((test) => failedTest(test, roots)),
    ...flaky.map((test) => flakyTest(test, "warning", roots)),
  ];
  return {
    candidates: run.collected + run.collectErrors.length + run.collectSkips.length,
    checked: run.tests.length + run.collectErrors.length,
    findings: await withFingerprints(roots.root, drafts),
    measurements: [{ ...limit, value: failed.length + run.collectErrors.length }],
    tool: run.tool,
    notes: [...run.notes, ...skipNotes(outcomes, run)],
    details: {
      outcomes,
      argv: run.argv,
      variables: run.variables,
      spec: run.tests.flatMap(({ nodeid, outcome, spec }) =>
        spec.map((requirement) => ({ requirement, nodeid, outcome })),
      ),
    },
  };
}

function skipNotes(
  { skipped, xfailed }: OutcomeCounts,
  { tests, collectSkips }: PytestRun,
): readonly string[] {
  const alone = skipped - collectSkips.length;
  const files = collectSkips.map(({ nodeid, reason }) => `${nodeid} (${sanitize(reason)})`);
  return [
    ...(alone === 0 ? [] : [`${alone} of ${tests.length} tests were skipped`]),
    ...(xfailed === 0 ? [] : [`${xfailed} of ${tests.length} tests failed as expected`]),
    ...(files.length === 0
      ? []
      : [`skipped whole, so that their tests are not counted: ${files.join(", ")}`]),
  ];
}
