import { existsSync, readFileSync, rmSync } from "node:fs";
import { run, runMain, step } from "./command.mjs";
import { inRoot } from "./project.mjs";
import { setUp } from "./setup.mjs";
import { countTests, summaryLine } from "./summary.mjs";

const reportPath = inRoot("test-report.json");

/** Runs one checker; shows its output only when it complains. @param {string} label @param {string} tool @param {readonly string[]} args */
async function check(label, tool, args) {
  const { code, stdout, stderr } = await step(label, () =>
    run([inRoot("node_modules", ".bin", tool), ...args]),
  );
  if (code !== 0) console.log(`${stdout}${stderr}`.trim());
  return code === 0;
}

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
  return { ok: code === 0, counts: countTests(report) };
}

await runMain(async () => {
  await setUp();
  const types = await check("checking types", "tsc", ["-b"]);
  const lint = await check("linting", "oxlint", ["--deny-warnings"]);
  const tests = await runTests();
  console.log(`types: ${types ? "clean" : "errors, see above"}`);
  console.log(`lint: ${lint ? "clean" : "errors, see above"}`);
  console.log(summaryLine(tests.counts));
  return types && lint && tests.ok && tests.counts.passed > 0 && tests.counts.failed === 0 ? 0 : 1;
});
