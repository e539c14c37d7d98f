import { isAbsolute, relative, sep } from "node:path";
import { Breakage } from "@towpath/core";
import { liesBelow } from "./component-paths.ts";
import { addCounts, type CoverageCounts, type CoverageReport, type FileCoverage } from "./coverage-report.ts";
import type { Metric } from "./options.ts";

/** The part of a coverage report that is about the component. Paths are POSIX and relative to the repository root. */
export interface OwnedCoverage {
  readonly files: readonly FileCoverage[];
  readonly counts: CoverageCounts;
  /** Source files that the report leaves out. */
  readonly unmeasured: readonly string[];
}

/**
 * Takes the component's files out of a report, which may hold more (the project's own `--cov`).
 * @param root absolute path of the repository root
 * @param source the component's source paths
 * @param files the component's source files
 * @throws {Breakage} `no-input` when none of the files is in the report, or they have no statements
 */
export function ownedCoverage(
  report: CoverageReport,
  root: string,
  source: readonly string[],
  files: readonly string[],
): OwnedCoverage {
  const all = report.files.map((file) => ({ ...file, path: fromRoot(root, file.path) }));
  const owned = all.filter((file) => liesBelow(file.path, source));
  const measured = new Set(owned.map((file) => file.path));
  const unmeasured = files.filter((file) => !measured.has(file));
  if (unmeasured.length === files.length) {
    throw new Breakage("no-input", {
      message: `coverage measured none of the component's ${files.length} source files`,
      why: `Not measured: ${unmeasured.slice(0, 10).join(", ")}`,
      fix: ["Look for `omit` and `include` in the project's coverage settings."],
    });
  }
  const counts = addCounts(owned);
  if (counts.statements === 0) {
    throw new Breakage("no-input", {
      message: `the component's ${owned.length} measured source files have no statement to cover`,
    });
  }
  return { files: owned, counts, unmeasured };
}

/** The judged figure in percent, not rounded. A file without statements counts as covered. */
export function percentOf(counts: CoverageCounts, metric: Metric): number {
  const { statements, covered, branches, coveredBranches } = counts;
  if (statements === 0) return 100;
  if (metric === "statement") return (100 * covered) / statements;
  return (100 * (covered + coveredBranches)) / (statements + branches);
}

function fromRoot(root: string, path: string): string {
  const inside = isAbsolute(path) ? relative(root, path) : path;
  return inside.split(sep).join("/");
}
