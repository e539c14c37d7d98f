import { Breakage } from "@towpath/core";
import { parseReport } from "@towpath/kit";
import { z } from "zod";

/** Counts of one file, or of all. */
export interface CoverageCounts {
  readonly statements: number;
  readonly covered: number;
  /** 0 when branches were not measured. */
  readonly branches: number;
  readonly coveredBranches: number;
}

/** What coverage.py says of one file. */
export interface FileCoverage extends CoverageCounts {
  /** As coverage.py wrote it: relative to its working directory, or absolute. */
  readonly path: string;
  /** Lines with statements that were not run, ascending, 1-based. */
  readonly missing: readonly number[];
}

/** What `coverage json` says. */
export interface CoverageReport {
  /** Version of coverage.py. */
  readonly version: string;
  /** Local time of the report without a zone. */
  readonly timestamp: string;
  /** Whether branches were measured. */
  readonly branches: boolean;
  readonly files: readonly FileCoverage[];
  readonly totals: CoverageCounts;
}

const count = z.int().min(0);
const summary = z.looseObject({
  covered_lines: count,
  num_statements: count,
  missing_lines: count,
  percent_covered: z.number().min(0).max(100),
  num_branches: count.optional(),
  covered_branches: count.optional(),
});
const schema = z.looseObject({
  meta: z.looseObject({
    // Coverage 6 writes no format; 3 is that of 7.
    format: z.union([z.literal(2), z.literal(3)]).optional(),
    version: z.string().min(1),
    timestamp: z.iso.datetime({ local: true, offset: false }),
    branch_coverage: z.boolean(),
  }),
  files: z.record(z.string().min(1), z.looseObject({ summary, missing_lines: z.array(z.int().min(1)) })),
  totals: summary,
});

/**
 * Reads the JSON report of coverage.py 6.5 to 7.x (formats: none, 2 and 3). Rounded figures are not read.
 * @throws {Breakage} `parse` when it is not such a report, `mismatch` when figures contradict each other
 */
export function parseCoverage(text: string): CoverageReport {
  const { meta, files, totals } = parseReport(schema, text, "the JSON report of coverage");
  const measured = Object.entries(files).map(([path, file]) => {
    const counts = countsOf(path, file.summary, meta.branch_coverage);
    if (file.missing_lines.length !== counts.statements - counts.covered) {
      throw contradiction(
        `${path}: ${file.missing_lines.length} missing lines in the list, another number in the summary`,
      );
    }
    return { path, missing: file.missing_lines.toSorted((a, b) => a - b), ...counts };
  });
  const total = countsOf("totals", totals, meta.branch_coverage);
  const sum = addCounts(measured);
  if (sum.statements !== total.statements || sum.covered !== total.covered) {
    throw contradiction(
      `the files have ${sum.covered} of ${sum.statements} statements covered, the totals say ${total.covered} of ${total.statements}`,
    );
  }
  if (sum.branches !== total.branches || sum.coveredBranches !== total.coveredBranches) {
    throw contradiction("the branches of the files are not those of the totals");
  }
  const { version, timestamp, branch_coverage: branches } = meta;
  return { version, timestamp, branches, files: measured, totals: total };
}

/** The sum of counts. */
export function addCounts(all: readonly CoverageCounts[]): CoverageCounts {
  const sum = { statements: 0, covered: 0, branches: 0, coveredBranches: 0 };
  for (const one of all) {
    sum.statements += one.statements;
    sum.covered += one.covered;
    sum.branches += one.branches;
    sum.coveredBranches += one.coveredBranches;
  }
  return sum;
}

function countsOf(what: string, from: z.infer<typeof summary>, branchesMeasured: boolean): CoverageCounts {
  const counts = {
    statements: from.num_statements,
    covered: from.covered_lines,
    branches: from.num_branches ?? 0,
    coveredBranches: from.covered_branches ?? 0,
  };
  if (counts.covered + from.missing_lines !== counts.statements) {
    throw contradiction(
      `${what}: covered and missing lines do not add up to ${counts.statements} statements`,
    );
  }
  if (counts.coveredBranches > counts.branches)
    throw contradiction(`${what}: more branches covered than there are`);
  if (branchesMeasured && from.num_branches === undefined)
    throw contradiction(`${what}: the branches are missing`);
  const possible = counts.statements + counts.branches;
  const percent =
    counts.statements === 0 ? 100 : (100 * (counts.covered + counts.coveredBranches)) / possible;
  if (Math.abs(percent - from.percent_covered) > 0.01) {
    throw contradiction(`${what}: ${from.percent_covered} % is stated, the counts give ${percent} %`);
  }
  return counts;
}

function contradiction(message: string): Breakage {
  return new Breakage("mismatch", { message: `the report of coverage contradicts itself: ${message}` });
}
