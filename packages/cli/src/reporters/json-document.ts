import type { RunReport } from "@towpath/core";
import { allResults, countVerdicts, nextSteps } from "@towpath/report";
import type { ReportFiles } from "./reporter.ts";

/** The one document that `--json` prints for a run; also what `result.json` holds, without `files`. */
export function jsonDocument(report: RunReport, files?: ReportFiles): Record<string, unknown> {
  return {
    kind: "run",
    ...report,
    counts: countVerdicts(allResults(report)),
    next: nextSteps(report),
    ...(files === undefined ? {} : { files }),
  };
}
