import type { GateContext } from "./gate.ts";
import type { SpecDoc } from "./spec-doc.ts";

/** T0: from API blocks. T1: from examples and tables. T2: from scenarios. T3: properties from words of the text. */
export type TestTier = "T0" | "T1" | "T2" | "T3";

/** A test that was made from the specification. */
export interface GeneratedTest {
  /** pytest's node id without parameters: `tests/spec/test_shelf_contract.py::test_put`. */
  readonly id: string;
  readonly tier: TestTier;
  readonly requirements: readonly string[];
}

/** A file of generated tests. */
export interface GeneratedFile {
  /** POSIX path relative to the repository root. */
  readonly path: string;
  /** `kept`: somebody edited it since it was generated, so it was left alone. */
  readonly state: "written" | "unchanged" | "kept";
  /**
   * Whether an agent may fill it in, as with the steps of scenarios. Everything else that is generated is read-only to
   * agents.
   */
  readonly open: boolean;
}

/** What a generator made, and what the proof of it showed. */
export interface GeneratedTests {
  readonly files: readonly GeneratedFile[];
  readonly tests: readonly GeneratedTest[];
  /** Tests that an implementation which does nothing would pass; they were not kept. */
  readonly vacuous: readonly { readonly id: string; readonly reason: string }[];
  /** Ids of the tests that failed on the code as it is now. */
  readonly red: readonly string[];
  /** Requirements for which nothing could be generated, with the reason. */
  readonly uncovered: readonly { readonly requirement: string; readonly reason: string }[];
}

/** Makes tests from a specification. */
export interface TestGenerator {
  readonly name: string;
  /**
   * Writes the tests into the component's test paths and proves that they can fail.
   * @throws {Breakage} when it cannot: no test path is declared, pytest is missing, …
   */
  generate(spec: SpecDoc, ctx: GateContext): Promise<GeneratedTests>;
  /** The files that it has generated for the component, as they lie there now. */
  files(ctx: GateContext): Promise<readonly Pick<GeneratedFile, "path" | "open">[]>;
}
