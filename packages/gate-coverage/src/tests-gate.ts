import { defineGate, type Evidence, type Gate, type GateContext, type PluginApi } from "@towpath/core";
import { withFingerprints } from "@towpath/kit";
import { configFiles } from "./config-files.ts";
import { flakyTests } from "./flaky-tests.ts";
import { pytestRun } from "./pytest-run.ts";
import { collectFailure, failedTest, flakyTest } from "./test-findings.ts";

/** Makes the gate `tests`: every test must pass. A flaky test is a warning here; the gate `flaky` judges it. */
export function testsGate(api: PluginApi): Gate {
  const source = api.origin([]);
  return defineGate({
    name: "tests",
    category: "testing",
    stages: ["testing", "staging"],
    code: "TP3202",
    executesCode: true,
    needs: [pytestRun],
    configFiles,
    check: (ctx) => judgeTests(ctx, source),
  });
}

async function judgeTests(ctx: GateContext, source: string): Promise<Evidence> {
  const run = ctx.artifacts.get(pytestRun);
  const roots = { root: ctx.workspace.root, rootdir: run.rootdir };
  const flaky = flakyTests(run);
  const failed = run.tests.filter((test) => test.outcome === "failed" && !flaky.includes(test));
  const skipped = run.tests.filter((test) => test.outcome === "skipped").length;
  const drafts = [
    ...run.collectErrors.map((error) => collectFailure(error, roots)),
    ...failed.map((test) => failedTest(test, roots)),
    ...flaky.map((test) => flakyTest(test, "warning", roots)),
  ];
  return {
    candidates: run.collected + run.collectErrors.length,
    checked: run.tests.length + run.collectErrors.length,
    findings: await withFingerprints(roots.root, drafts),
    measurements: [
      {
        name: "failing tests",
        value: failed.length + run.collectErrors.length,
        unit: "tests",
        operator: "<=",
        threshold: 0,
        source,
      },
    ],
    tool: run.tool,
    notes: [...run.notes, ...(skipped === 0 ? [] : [`${skipped} of ${run.tests.length} tests were skipped`])],
    details: {
      argv: run.argv,
      variables: run.variables,
      spec: run.tests.flatMap(({ nodeid, outcome, spec }) =>
        spec.map((requirement) => ({ requirement, nodeid, outcome })),
      ),
    },
  };
}
