import {
  defineGate,
  type Evidence,
  type Gate,
  type GateContext,
  type PluginApi,
  type Threshold,
} from "@towpath/core";
import { withFingerprints } from "@towpath/kit";
import { configFiles } from "./config-files.ts";
import { flakyTests } from "./flaky-tests.ts";
import type { CoverageOptions } from "./options.ts";
import { probePytest } from "./probe-pytest.ts";
import { pytestRun } from "./pytest-run.ts";
import { runLimitMs } from "./run-limit.ts";
import { maxReruns } from "./rerun-alone.ts";
import { suiteEnvironment } from "./suite-environment.ts";
import { flakyTest } from "./test-findings.ts";

/** Makes the gate `flaky`: no test may fail and then pass on the same code, unless the options say `warn`. */
export function flakyGate(api: PluginApi, options: CoverageOptions): Gate {
  const limit: Threshold = {
    name: "flaky tests",
    unit: "tests",
    operator: "<=",
    threshold: 0,
    source: api.origin(["flaky"]),
  };
  return defineGate({
    name: "flaky",
    category: "testing",
    stages: ["testing", "staging"],
    code: "TP3203",
    executesCode: true,
    subject: "tests",
    needs: [pytestRun],
    configFiles,
    timeoutMs: runLimitMs,
    thresholds: () => (options.flaky === "warn" ? [] : [limit]),
    probe: probePytest,
    environment: (ctx) => suiteEnvironment(ctx, options.env),
    check: (ctx) => judgeFlaky(ctx, options, limit),
  });
}

async function judgeFlaky(ctx: GateContext, options: CoverageOptions, limit: Threshold): Promise<Evidence> {
  const run = ctx.artifacts.get(pytestRun);
  const roots = { root: ctx.workspace.root, rootdir: run.rootdir };
  const flaky = flakyTests(run);
  const warns = options.flaky === "warn";
  const drafts = flaky.map((test) => flakyTest(test, warns ? "warning" : "error", roots));
  const { left, broken } = run.reruns;
  // Without its rerun nobody knows whether a failed test is flaky.
  if (broken !== undefined && flaky.length === 0) throw broken;
  return {
    candidates: run.collected,
    checked: run.tests.length,
    findings: await withFingerprints(roots.root, drafts),
    measurements: [{ ...limit, value: flaky.length, threshold: warns ? run.tests.length : 0 }],
    tool: run.tool,
    warnings: left === 0 ? [] : [`${left} failed tests were not run again: at most ${maxReruns} are`],
  };
}
