import { describe, expect, it } from "vitest";
import { failUnder } from "./fail-under.ts";
import { readSettings, settingsAmong } from "./settings.ts";

function figures(file: string, text: string): readonly string[] | string {
  const read = readSettings(text, file);
  if ("because" in read) return read.because;
  return read.figures.map(
    ({ at, metric, scope, subject, stage, operator, value, unit }) =>
      `${at.line} ${[subject, scope, metric, stage ?? "-"].filter((part) => part !== "").join(" ")} ${operator} ${value}${unit}`,
  );
}

describe("the figures of", () => {
  it("workflow_config.yaml are those of coverage and uptime, wherever it lies", () => {
    const text = `quality_gates:
  test_coverage:
    dev_threshold: 40.0
    production_threshold: 75
  linting: { max_issues: 0 }
maturity_workflow:
  production:
    additional_requirements:
      - staging_uptime_days: 3
      - staging_uptime_percentage: 98.5
`;
    expect(figures("tools/workflow_config.yaml", text)).toEqual([
      "3 coverage dev >= 40%",
      "4 coverage production >= 75%",
      "10 uptime production >= 98.5%",
    ]);
  });

  it("apm.yml stand below quality_gates", () => {
    const text =
      "quality_gates:\n  staging:\n    coverage: 65\n    mutation_score: 50\nother:\n  coverage_min: 3\n";
    expect(figures("apm.yml", text)).toEqual([
      "3 coverage staging >= 65%",
      "4 mutation score staging >= 50%",
    ]);
  });

  it("codecov.yml are the target of the project, not by how much it may fall", () => {
    const text =
      "coverage:\n  precision: 2\n  status:\n    project:\n      default:\n        target: 65%\n        threshold: 2%\n    patch:\n      default: { target: 50% }\n";
    expect(figures("codecov.yml", text)).toEqual(["6 coverage - >= 65%"]);
    expect(figures(".codecov.yml", text.replace("65%", "auto"))).toEqual([]);
  });

  it("towpath.config.yaml are those of its coverage gate, for each target", () => {
    const text =
      "plugins:\n  - gate-spec\n  - - gate-coverage\n    - coverage: { dev: 40, staging: 60 }\n      integrationCoverage: { production: 70 }\n";
    expect(figures("towpath.config.yaml", text)).toEqual([
      "4 coverage dev >= 40%",
      "4 coverage staging >= 60%",
      "5 integration coverage production >= 70%",
    ]);
  });

  it("pyproject.toml is fail_under", () => {
    expect(figures("pyproject.toml", "[tool.coverage.report]\nfail_under = 72.5 # low\n")).toEqual([
      "2 coverage - >= 72.5%",
    ]);
  });

  it("a file that cannot be read are unknown, and it says why", () => {
    expect(figures("codecov.yml", "a: [")).toMatch(/./);
    expect(figures("codecov.yml", "a: 1\na: 2")).toContain("given twice");
    expect(figures("pyproject.toml", "[tool.coverage.report]\nfail_under = eighty\n")).toContain("not read");
  });
});

describe("failUnder", () => {
  it.each([
    ["[tool.coverage]\nreport.fail_under = 80", { value: 80, line: 2 }],
    ["[ tool . coverage . 'report' ]\nfail_under=80", { value: 80, line: 2 }],
    ["[tool.coverage.report]\r\nfail_under = 80\r\n", { value: 80, line: 2 }],
    ["[tool.other]\nfail_under = 80", "absent"],
    ["[tool.x]\na = '''\n[tool.coverage.report]\nfail_under = 80\n'''\n", "absent"],
    ["# fail_under = 80 in [tool.coverage.report]", "absent"],
    ["[tool]\ncoverage = { report = { fail_under = 80 } }", "unreadable"],
  ])("of %j", (text, value) => {
    expect(failUnder(text)).toEqual(value);
  });
});

describe("settingsAmong", () => {
  it("takes those at the root, above the source, and workflow_config.yaml anywhere", () => {
    const files = [
      "codecov.yml",
      "other/pyproject.toml",
      "src/pyproject.toml",
      "tools/deep/workflow_config.yaml",
      "x/codecov.yml",
    ];
    expect(settingsAmong(files, new Set(["", "src", "src/foo"]))).toEqual([
      "codecov.yml",
      "src/pyproject.toml",
      "tools/deep/workflow_config.yaml",
    ]);
  });
});
