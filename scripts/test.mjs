import { existsSync, readFileSync, rmSync } from "node:fs";
import { run, runMain } from "./command.mjs";
import { passes } from "./passes.mjs";
import { inRoot } from "./project.mjs";
import { setUp } from "./setup.mjs";
import { installSystemTools } from "./system-tools.mjs";
import { countMissing, countTests, summaryLine } from "./summary.mjs";

const reportPath = inRoot("test-report.json");

/** Runs all tests and reads vitest's own report. */
async function runTests() {
  rmSync(reportPath, { force: true });
  const { code } = await run(
    [
      inRoot("node_modules", ".bin", "vitest"),
      "run",
      "--reporter=default",
      "--reporter=json",
      `--outputFile.json=${reportPath}`,
    ],
    { show: "all" },
  );
  const report = existsSync(reportPath) ? JSON.parse(readFileSync(reportPath, "utf8")) : undefined;
  return { ok: code === 0, counts: countTests(report), missing: countMissing(report) };
}

await runMain(async () => {
  await setUp();
  await installSystemTools();
  const types = await passes("checking types", ["tsc", "-b", ".", "packages/dashboard"]);
  const lint = await passes("linting", ["oxlint", "--deny-warnings"]);
  const tests = await runTests();
  console.log(`types: ${types ? "clean" : "errors, see above"}`);
  console.log(`lint: ${lint ? "clean" : "errors, see above"}`);
  if (tests.missing > 0)
    console.log(
      `${tests.missing} tests of the pages count as failed: they need chromium, which is not installed`,
    );
  console.log(summaryLine(tests.counts));
  return types && lint && tests.ok && tests.counts.passed > 0 && tests.counts.failed === 0 ? 0 : 1;
});
