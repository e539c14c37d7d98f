import type { EmitContext, Emitted, Uncovered } from "./emit-context.ts";
import { emitContract } from "./contract.ts";
import { emitExamples } from "./examples.ts";
import { emitProperties } from "./properties.ts";
import { emitScenarios } from "./scenarios.ts";
import type { EmittedFile } from "./test-file.ts";

/** The lowest version of pytest-bdd that knows tables and texts below a step. */
const oldestBdd = 8;

/**
 * The tests of all tiers.
 * @param distributions what the component's Python has; a tier whose library is missing is left out and said so
 */
export function emitTests(context: EmitContext, distributions: Readonly<Record<string, string>>): Emitted {
  const examples = emitExamples(context);
  const properties = emitProperties(context);
  const contract = emitContract(context);
  const scenarios = emitScenarios(context);
  const bdd = Number.parseInt(distributions["pytest-bdd"] ?? "0", 10);
  const missingBdd =
    bdd >= oldestBdd
      ? undefined
      : `its scenarios need pytest-bdd ${oldestBdd} or later, which the component's Python does not have: python -m pip install "pytest-bdd>=${oldestBdd}"`;
  const missingHypothesis =
    distributions["hypothesis"] === undefined
      ? "its property needs hypothesis, which the component's Python does not have: python -m pip install hypothesis"
      : undefined;
  return {
    files: [
      ...(contract.tests.length === 0 ? [] : [contract]),
      ...examples.files,
      ...(missingBdd === undefined ? scenarios : []),
      ...(missingHypothesis === undefined ? properties.files : []),
    ],
    uncovered: [
      ...unreadBlocks(context),
      ...examples.uncovered,
      ...without(scenarios, missingBdd),
      ...properties.uncovered,
      ...without(properties.files, missingHypothesis),
    ],
  };
}

function unreadBlocks({ spec, reading }: EmitContext): readonly Uncovered[] {
  return reading.blocks.flatMap(({ error }, index) => {
    const at = spec.apiBlocks[index]?.at;
    if (error === null || at === undefined) return [];
    return [{ requirement: "", reason: `the API block at ${at.file}:${at.line} is not valid Python` }];
  });
}

function without(files: readonly EmittedFile[], reason: string | undefined): readonly Uncovered[] {
  if (reason === undefined) return [];
  const ids = files.flatMap(({ tests }) => tests.flatMap(({ requirements }) => requirements));
  return [...new Set(ids)].map((requirement) => ({ requirement, reason }));
}
