import { access } from "node:fs/promises";
import { Breakage, type GateContext } from "@towpath/core";
import { excerpt, readReport, runTool, type Tool } from "@towpath/kit";
import type { CoverageMode } from "./coverage-mode.ts";
import { parseCoverage, type CoverageReport } from "./coverage-report.ts";
import type { RunFiles } from "./pytest-arguments.ts";
import type { PytestLog } from "./pytest-log.ts";
import { requireFresh } from "./require-fresh.ts";

/**
 * The coverage report of a run that has just ended. If pytest-cov wrote none, it is made from the data file.
 * @throws {Breakage} `tool-missing`, `environment` or `no-input` when nothing was measured; `mismatch` when the
 * report is older than the run
 */
export async function readCoverage(
  ctx: GateContext,
  python: Tool,
  mode: CoverageMode,
  files: RunFiles,
  log: PytestLog,
): Promise<CoverageReport> {
  if (mode === "none") {
    throw new Breakage("tool-missing", {
      message: "neither pytest-cov nor coverage is installed in the component's environment",
      fix: ["python -m pip install pytest-cov"],
    });
  }
  if (mode === "coverage-run" && log.tests.some((test) => test.worker !== undefined)) {
    throw new Breakage("environment", {
      message: "the tests ran in workers of pytest-xdist, which only pytest-cov can measure",
      fix: ["python -m pip install pytest-cov"],
    });
  }
  if (!log.tests.some((test) => test.outcome === "passed" || test.outcome === "failed")) {
    throw new Breakage("no-input", {
      message: "no test ran, so what importing the source covered means nothing",
    });
  }
  if (!(await exists(files.coverage))) await writeReport(ctx, python, files);
  const report = parseCoverage(await readReport(files.coverage, "coverage"));
  requireFresh(report.timestamp, log.start.clock);
  return report;
}

async function writeReport(ctx: GateContext, python: Tool, files: RunFiles): Promise<void> {
  const nothing = (why: string): Breakage =>
    new Breakage("no-input", {
      message: "coverage measured nothing",
      why,
      fix: [
        "Remove -x, --maxfail and --no-cov from the project's addopts: a run that stops early is not measured.",
        "python -m pip install pytest-cov",
      ],
    });
  if (!(await exists(files.data))) throw nothing("The run left no data.");
  const ended = await runTool(
    ctx,
    python,
    ["-m", "coverage", "json", "--fail-under=0", "-o", files.coverage],
    {
      cwd: ctx.workspace.root,
      env: { COVERAGE_FILE: files.data },
    },
  );
  if (ended.code !== 0) throw nothing(excerpt(`${ended.stderr}\n${ended.stdout}`));
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
