import type { Evidence, GateContext, Threshold } from "@towpath/core";
import { withFingerprints } from "@towpath/kit";
import { failingTests } from "./failing-tests.ts";
import type { CoverageOptions } from "./options.ts";
import { outcomeCounts } from "./outcome-counts.ts";
import { skipNotes } from "./skip-notes.ts";
import type { SuiteRun } from "./suite-run.ts";

/**
 * The evidence of a run in which every test must pass.
 * @param limit on the number of failing tests
 * @param flaky what a flaky test does
 */
export async function suiteEvidence(
  ctx: GateContext,
  run: SuiteRun,
  limit: Threshold,
  flaky: CoverageOptions["flaky"],
): Promise<Evidence> {
  const { root } = ctx.workspace;
  const failing = failingTests(run, flaky, root);
  const outcomes = outcomeCounts(run);
  return {
    candidates: run.collected + run.collectErrors.length + run.collectSkips.length,
    checked: run.tests.length + run.collectErrors.length,
    findings: await withFingerprints(root, failing.drafts),
    measurements: [{ ...limit, value: failing.count }],
    tool: run.tool,
    notes: [...run.notes, ...skipNotes(outcomes, run)],
    details: {
      outcomes,
      argv: run.argv,
      variables: run.variables,
      spec: run.tests.flatMap(({ nodeid, outcome, spec }) =>
        spec.map((requirement) => ({ requirement, nodeid, outcome })),
      ),
    },
  };
}
