import { describe, expect, it } from "vitest";
import type { CoverageReport, FileCoverage } from "./coverage-report.ts";
import { ownedCoverage, percentOf } from "./owned-coverage.ts";

const file = (path: string, covered: number, statements: number): FileCoverage => ({
  path,
  missing: Array.from({ length: statements - covered }, (_, index) => index + 1),
  statements,
  covered,
  branches: 0,
  coveredBranches: 0,
});
const report = (...files: FileCoverage[]): CoverageReport => ({
  version: "7.17.3",
  timestamp: "2026-11-23T05:23:17.683084",
  branches: false,
  files,
  totals: { statements: 0, covered: 0, branches: 0, coveredBranches: 0 },
});

describe("ownedCoverage", () => {
  it("leaves out files of others, so that they cannot lift the figure", () => {
    const all = report(
      file("src/foo/a.py", 1, 4),
      file("src/foobar/b.py", 96, 96),
      file("/usr/lib/c.py", 9, 9),
    );
    const owned = ownedCoverage(all, "/repo", ["src/foo"], ["src/foo/a.py"]);
    expect(percentOf(owned.counts, "statement")).toBe(25);
    expect(owned.unmeasured).toEqual([]);
  });

  it("knows its files by absolute paths too", () => {
    const owned = ownedCoverage(
      report(file("/repo/src/foo/a.py", 1, 2)),
      "/repo",
      ["src/foo/"],
      ["src/foo/a.py"],
    );
    expect(owned.files.map((one) => one.path)).toEqual(["src/foo/a.py"]);
  });

  it("counts generated files that the workspace ignores, as coverage does", () => {
    const all = report(file("src/foo/a.py", 2, 2), file("src/foo/_version.py", 0, 2));
    expect(ownedCoverage(all, "/repo", ["src/foo"], ["src/foo/a.py"]).counts).toMatchObject({
      covered: 2,
      statements: 4,
    });
  });

  it("names the files that the report leaves out", () => {
    const owned = ownedCoverage(
      report(file("src/foo/a.py", 1, 1)),
      "/repo",
      ["src/foo"],
      ["src/foo/a.py", "src/foo/b.py"],
    );
    expect(owned.unmeasured).toEqual(["src/foo/b.py"]);
  });

  it.each([
    [
      "none of the files is measured",
      report(file("src/bar/a.py", 5, 5)),
      /none of the component's 1 source files/,
    ],
    ["the files have no statements", report(file("src/foo/a.py", 0, 0)), /no statement to cover/],
  ])("is no-input when %s", (_, all, message) => {
    expect(() => ownedCoverage(all, "/repo", ["src/foo"], ["src/foo/a.py"])).toThrow(
      expect.objectContaining({ kind: "no-input", message: expect.stringMatching(message) }),
    );
  });
});

describe("percentOf", () => {
  const counts = { statements: 6, covered: 5, branches: 4, coveredBranches: 2 };

  it("judges statements alone, or statements and branches together", () => {
    expect(percentOf(counts, "statement")).toBeCloseTo(83.333, 3);
    expect(percentOf(counts, "branch")).toBe(70);
  });

  it("does not round", () => {
    expect(
      percentOf({ statements: 1000, covered: 699, branches: 0, coveredBranches: 0 }, "statement"),
    ).toBeLessThan(70);
  });
});
