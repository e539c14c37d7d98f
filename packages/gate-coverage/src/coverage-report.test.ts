import { describe, expect, it } from "vitest";
import { recorded, versions } from "../test/recorded.ts";
import { parseCoverage } from "./coverage-report.ts";

const text = (version: string, name: string): string => recorded(version, name).coverage ?? "";
const passes = text("pytest-9.2.0", "passes");

describe.each(versions)("the coverage report beside %s", (version) => {
  it("counts statements, also of a file that no test imports", () => {
    const report = parseCoverage(text(version, "passes"));
    expect(report.totals).toEqual({ statements: 6, covered: 3, branches: 0, coveredBranches: 0 });
    expect(report.files.find((file) => file.path === "src/foo/never.py")).toEqual({
      path: "src/foo/never.py",
      missing: [1, 2],
      statements: 2,
      covered: 0,
      branches: 0,
      coveredBranches: 0,
    });
  });

  it("counts branches when they were measured", () => {
    const report = parseCoverage(text(version, "branches"));
    expect(report.branches).toBe(true);
    expect(report.totals).toEqual({ statements: 6, covered: 3, branches: 2, coveredBranches: 1 });
  });
});

describe("parseCoverage", () => {
  it.each([
    ["nothing", ""],
    ["half a report", passes.slice(0, passes.length / 2)],
    ["a report twice", passes + passes],
    ["an unknown format", passes.replace('"format": 3', '"format": 4')],
    ["no totals", passes.replace('"totals"', '"sums"')],
    ["a figure that is none", passes.replace('"covered_lines": 3', '"covered_lines": NaN')],
    ["a time that is none", passes.replace(/"timestamp": "[^"]*"/, '"timestamp": "today"')],
  ])("refuses %s", (_, broken) => {
    expect(() => parseCoverage(broken)).toThrow(expect.objectContaining({ kind: "parse" }));
  });

  it.each([
    [
      "totals above the files",
      (s: string) =>
        s.replace(
          /("totals": .*"covered_lines": )3(.*"percent_covered": )50.0(.*"missing_lines": )3/,
          "$16$2100.0$30",
        ),
    ],
    [
      "a percentage above the counts",
      (s: string) => s.replace(/("totals": .*"percent_covered": )50.0/, "$190.0"),
    ],
    [
      "fewer missing lines in the list",
      (s: string) => s.replace('"missing_lines": [1, 2]', '"missing_lines": [1]'),
    ],
    [
      "covered and missing lines that do not add up",
      (s: string) => s.replace('"covered_lines": 3', '"covered_lines": 4'),
    ],
  ])("refuses %s", (_, change) => {
    const broken = change(passes);
    expect(broken).not.toBe(passes);
    expect(() => parseCoverage(broken)).toThrow(expect.objectContaining({ kind: "mismatch" }));
  });
});
