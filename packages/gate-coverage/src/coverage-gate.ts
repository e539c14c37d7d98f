import { defineGate, type Gate, type PluginApi, type Target, type Threshold } from "@towpath/core";
import { configFiles } from "./config-files.ts";
import { coverageEvidence } from "./coverage-evidence.ts";
import { metricNames } from "./metric-names.ts";
import type { CoverageOptions } from "./options.ts";
import { probePytest } from "./probe-pytest.ts";
import { pytestRun } from "./pytest-run.ts";
import { runLimitMs } from "./run-limit.ts";
import { suiteEnvironment } from "./suite-environment.ts";

/** Makes the gate `coverage`: the unit tests must run enough of the component's source for the target. */
export function coverageGate(api: PluginApi, options: CoverageOptions): Gate {
  const limitOf = (target: Target): Threshold => ({
    name: metricNames[options.metric],
    unit: "%",
    operator: ">=",
    threshold: options.coverage[target],
    source: api.origin(["coverage", target]),
  });
  const limits = { dev: limitOf("dev"), staging: limitOf("staging"), production: limitOf("production") };
  return defineGate({
    name: "coverage",
    category: "testing",
    stages: ["testing", "staging"],
    code: "TP3201",
    executesCode: true,
    subject: "tests",
    needs: [pytestRun],
    configFiles,
    timeoutMs: runLimitMs,
    thresholds: (target) => [limits[target]],
    probe: probePytest,
    environment: (ctx) => suiteEnvironment(ctx, options.env),
    check: (ctx) => coverageEvidence(ctx, ctx.artifacts.get(pytestRun), options.metric, limits[ctx.target]),
  });
}
