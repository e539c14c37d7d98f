import { describe, expect, it } from "vitest";
import type { CoverageMode } from "./coverage-mode.ts";
import { pytestArguments, runFiles } from "./pytest-arguments.ts";

const files = runFiles("/out");
const args = (mode: CoverageMode, branches = false): string =>
  pytestArguments({
    files,
    mode,
    branches,
    sourceDirs: ["src/foo"],
    args: ["-m", "not slow"],
    targets: ["./tests"],
  }).join(" ");

describe("pytestArguments", () => {
  it("has pytest-cov write the JSON report in the same process", () => {
    expect(args("pytest-cov")).toBe(
      "-m pytest -m not slow -p towpath_pytest --junit-xml=/out/junit.xml -o cache_dir=/out/cache " +
        "--cov=src/foo --cov-report=json:/out/coverage.json --cov-fail-under=0 ./tests",
    );
  });

  it("asks an older pytest-cov for no report", () => {
    expect(args("pytest-cov-without-json", true)).toContain(
      "--cov=src/foo --cov-branch --cov-report= --cov-fail-under=0 ./tests",
    );
  });

  it("puts coverage.py around pytest where pytest-cov is missing", () => {
    expect(args("coverage-run", true)).toMatch(/^-m coverage run --source=src\/foo --branch -m pytest /);
    expect(args("coverage-run")).not.toContain("--cov");
  });

  it("runs the tests alone where nothing can measure", () => {
    expect(args("none")).toMatch(/^-m pytest (?!.*cov)/);
  });

  it("switches off what the project measures where nothing is to be measured", () => {
    expect(args("off")).toMatch(/^-m pytest .* --no-cov \.\/tests$/);
  });
});
