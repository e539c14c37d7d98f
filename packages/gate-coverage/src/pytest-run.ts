import { artifact, testRun, type ArtifactKey, type Producer } from "@towpath/core";
import type { CoverageOptions } from "./options.ts";
import { runSuite } from "./run-suite.ts";
import type { PytestRun } from "./suite-run.ts";

/** The run of the component's unit tests: made once, read by the gates `tests`, `coverage` and `flaky`. */
export const pytestRun: ArtifactKey<PytestRun> = artifact(testRun.id);

/** The run of the component's integration tests inside the test process, read by the gate `integration-coverage`. */
export const integrationRun: ArtifactKey<PytestRun> = artifact("coverage.integration-run");

/** Makes the producer of `pytestRun`. */
export function pytestRunProducer(options: CoverageOptions): Producer<PytestRun> {
  return producer(pytestRun, options, "unit");
}

/** Makes the producer of `integrationRun`. */
export function integrationRunProducer(options: CoverageOptions): Producer<PytestRun> {
  return producer(integrationRun, options, "integration");
}

function producer(
  key: ArtifactKey<PytestRun>,
  options: CoverageOptions,
  kind: "unit" | "integration",
): Producer<PytestRun> {
  return {
    key,
    executesCode: true,
    cost: "heavy",
    produce: (ctx) => runSuite(ctx, options, kind),
  };
}
