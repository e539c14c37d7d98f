import {
  defineGate,
  type Evidence,
  type Gate,
  type GateContext,
  type PluginApi,
  type Target,
  type Threshold,
} from "@towpath/core";
import { withFingerprints } from "@towpath/kit";
import { configFiles } from "./config-files.ts";
import { coverageEvidence } from "./coverage-evidence.ts";
import { failingTests } from "./failing-tests.ts";
import { metricNames } from "./metric-names.ts";
import type { CoverageOptions } from "./options.ts";
import { probePytest } from "./probe-pytest.ts";
import { integrationRun } from "./pytest-run.ts";
import { runLimitMs } from "./run-limit.ts";
import { suiteEnvironment } from "./suite-environment.ts";

interface Limits {
  readonly coverage: Threshold;
  readonly failing: Threshold;
}

/**
 * Makes the gate `integration-coverage`: the integration tests, run without a deployment, must pass and run enough of
 * the component's source.
 */
export function integrationCoverageGate(api: PluginApi, options: CoverageOptions): Gate {
  const { staging, production = 80 } = options.integrationCoverage ?? {};
  const limitsOf = (target: Target): Limits => {
    const key = target === "production" || staging === undefined ? "production" : "staging";
    return {
      coverage: {
        name: `${metricNames[options.metric]} by integration tests`,
        unit: "%",
        operator: ">=",
        threshold: key === "staging" ? (staging ?? production) : production,
        source: api.origin(["integrationCoverage", key]),
      },
      failing: {
        name: "failing integration tests",
        unit: "tests",
        operator: "<=",
        threshold: 0,
        source: api.origin(["integration"]),
      },
    };
  };
  return defineGate({
    name: "integration-coverage",
    category: "testing",
    stages: staging === undefined ? ["production"] : ["staging", "production"],
    code: "TP3201",
    executesCode: true,
    subject: "tests",
    needs: [integrationRun],
    configFiles,
    timeoutMs: runLimitMs,
    thresholds: (target) => Object.values(limitsOf(target)),
    probe: probePytest,
    environment: (ctx) => suiteEnvironment(ctx, options.env),
    check: (ctx) => judge(ctx, options, limitsOf(ctx.target)),
  });
}

/** What a failing test covers is not tested, and no other gate looks at this run. */
async function judge(ctx: GateContext, options: CoverageOptions, limits: Limits): Promise<Evidence> {
  const run = ctx.artifacts.get(integrationRun);
  const { root } = ctx.workspace;
  const failing = failingTests(run, options.flaky, root);
  const covered = await coverageEvidence(ctx, run, options.metric, limits.coverage);
  const [figure] = covered.measurements;
  const low = figure !== undefined && figure.value < figure.threshold;
  return {
    ...covered,
    findings: [...(await withFingerprints(root, failing.drafts)), ...covered.findings],
    measurements: [...covered.measurements, { ...limits.failing, value: failing.count }],
    notes: [
      ...(covered.notes ?? []),
      ...(low || failing.count > 0
        ? [
            "these tests ran without TOWPATH_URL, so each must start the component itself, in the process of the test: " +
              "what another process runs is not measured",
          ]
        : []),
    ],
  };
}
