import { defineGate, type Gate, type PluginApi, type Threshold } from "@towpath/core";
import { configFiles } from "./config-files.ts";
import type { CoverageOptions } from "./options.ts";
import { probePytest } from "./probe-pytest.ts";
import { pytestRun } from "./pytest-run.ts";
import { runLimitMs } from "./run-limit.ts";
import { suiteEnvironment } from "./suite-environment.ts";
import { suiteEvidence } from "./suite-evidence.ts";

/** Makes the gate `tests`: every unit test must pass. A flaky test is a warning here; the gate `flaky` judges it. */
export function testsGate(api: PluginApi, options: CoverageOptions): Gate {
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
    environment: (ctx) => suiteEnvironment(ctx, options.env),
    check: (ctx) => suiteEvidence(ctx, ctx.artifacts.get(pytestRun), limit, "warn"),
  });
}
