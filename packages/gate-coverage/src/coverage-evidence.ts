import {
  Breakage,
  isBreakage,
  type Evidence,
  type GateContext,
  type Level,
  type Threshold,
} from "@towpath/core";
import { candidates, withFingerprints, type FindingDraft } from "@towpath/kit";
import type { FileCoverage } from "./coverage-report.ts";
import { lineRanges } from "./line-ranges.ts";
import type { Metric } from "./options.ts";
import { ownedCoverage, percentOf, type OwnedCoverage } from "./owned-coverage.ts";
import type { PytestRun } from "./suite-run.ts";

/**
 * The evidence of what a run covered of the component's source.
 * @param limit on the covered part in percent
 * @throws {Breakage} the run's, when nothing was measured; `mismatch` when branches are judged and were not; what
 *   `candidates` and `ownedCoverage` throw
 */
export async function coverageEvidence(
  ctx: GateContext,
  run: PytestRun,
  metric: Metric,
  limit: Threshold,
): Promise<Evidence> {
  const files = await candidates(ctx, { of: "source", suffixes: [".py"] });
  if (isBreakage(run.coverage)) throw run.coverage;
  const report = run.coverage;
  const owned = ownedCoverage(report, ctx.workspace.root, ctx.component.source, files);
  if (metric === "branch" && !report.branches) {
    throw new Breakage("mismatch", { message: "branches are judged, but the report of coverage has none" });
  }
  const { threshold } = limit;
  const percent = percentOf(owned.counts, metric);
  const level = percent < threshold ? "warning" : "note";
  const low = owned.files.filter((file) => percentOf(file, metric) < threshold);
  const drafts = low.map((file) => lowFile(file, metric, level));
  const { unmeasured, counts } = owned;
  return {
    candidates: files.length,
    checked: files.length - unmeasured.length,
    findings: await withFingerprints(ctx.workspace.root, drafts),
    measurements: [{ ...limit, value: percent }],
    tool: { ...run.tool, name: "coverage", version: report.version },
    warnings:
      unmeasured.length === 0
        ? []
        : [
            `not measured, because the project's settings or missing __init__.py files leave them out: ${unmeasured.join(", ")}`,
          ],
    notes: notesOn(owned, metric, report.branches),
    details: { ...counts, unmeasured },
  };
}

function lowFile(file: FileCoverage, metric: Metric, level: Level): FindingDraft {
  const percent = percentOf(file, metric).toFixed(1);
  const [first = 1] = file.missing;
  const lines = file.missing.length === 0 ? "branches only" : `lines ${lineRanges(file.missing)}`;
  return {
    tool: "coverage",
    rule: "coverage/low-file",
    level,
    message: `${percent} % of ${file.path} is covered; not run: ${lines}`,
    file: file.path,
    range: { startLine: first, startColumn: 1, endLine: first + 1, endColumn: 1 },
  };
}

function notesOn({ counts }: OwnedCoverage, metric: Metric, branches: boolean): readonly string[] {
  const notes: string[] = [];
  if (counts.covered === 0) {
    notes.push(
      "no statement was run: the tests may import an installed copy instead of the source; install it with `pip install --editable .`",
    );
  }
  if (branches && metric === "statement") {
    notes.push(
      `with branches it would be ${percentOf(counts, "branch").toFixed(1)} %; \`metric: branch\` judges that`,
    );
  }
  return notes;
}
