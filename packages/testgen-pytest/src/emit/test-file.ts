import type { GeneratedTest, TestTier } from "@towpath/core";

/** A test function, not yet in a file. */
export interface EmittedTest {
  /** Name of the function. */
  readonly name: string;
  /** Ids of requirements. */
  readonly requirements: readonly string[];
  /** The function with its decorators, without the marker `spec`. Ends with a line break. */
  readonly code: string;
}

/** A file of generated tests, not yet written. */
export interface EmittedFile {
  /** POSIX path relative to the repository root. */
  readonly path: string;
  readonly tier?: TestTier;
  readonly open: boolean;
  /** What stands above the tests: imports and helpers. */
  readonly top: string;
  readonly tests: readonly EmittedTest[];
}

/** The tests of a file as the contract names them. */
export function generatedTests({ path, tier, tests }: EmittedFile): readonly GeneratedTest[] {
  if (tier === undefined) return [];
  return tests.map(({ name, requirements }) => ({ id: `${path}::${name}`, tier, requirements }));
}
