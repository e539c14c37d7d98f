import { defineGate, type Gate, type PluginApi, type Threshold } from "@towpath/core";
import { configFiles } from "./config-files.ts";
import type { CoverageOptions } from "./options.ts";
import { probePytest } from "./probe-pytest.ts";
import { runLimitMs } from "./run-limit.ts";
import { runOnDeployment } from "./run-suite.ts";
import { suiteEnvironment } from "./suite-environment.ts";
import { suiteEvidence } from "./suite-evidence.ts";

/**
 * Makes the gate `integration` (at the stage staging) or `e2e` (at production): there are tests of the kind, and all
 * pass against what staging runs, which the suite finds at `TOWPATH_URL`.
 */
export function deployedTestsGate(
  api: PluginApi,
  options: CoverageOptions,
  kind: "integration" | "e2e",
): Gate {
  const limit: Threshold = {
    name: `failing ${kind === "e2e" ? "end-to-end" : "integration"} tests`,
    unit: "tests",
    operator: "<=",
    threshold: 0,
    source: api.origin([kind]),
  };
  return defineGate({
    name: kind,
    category: "testing",
    stages: [kind === "e2e" ? "production" : "staging"],
    code: "TP3202",
    executesCode: true,
    subject: "deployment",
    cost: "heavy",
    configFiles,
    timeoutMs: runLimitMs,
    thresholds: () => [limit],
    probe: probePytest,
    environment: (ctx) => suiteEnvironment(ctx, options.env),
    check: async (ctx) => suiteEvidence(ctx, await runOnDeployment(ctx, options, kind), limit, options.flaky),
  });
}
