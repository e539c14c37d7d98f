import { specDocument, type Component, type PluginApi, type SpecDoc } from "@towpath/core";
import { component } from "./bare-run.ts";

/** The component of the crash matrix: it has a specification, so tests are made of it and an agent is told a plan. */
export const specified: Component = { ...component, spec: "specs/foo.md" };

const doc: SpecDoc = {
  file: "specs/foo.md",
  form: "markdown",
  meta: [],
  sections: [],
  requirements: [
    {
      id: "FR-1",
      synthetic: false,
      kind: "functional",
      title: "It keeps",
      text: "It MUST keep.",
      ears: [],
      criteria: [],
      at: { file: "specs/foo.md", line: 1, column: 1, endColumn: 2 },
    },
  ],
  criteria: [],
  scenarios: [],
  apiBlocks: [],
  endpoints: [],
  examples: [],
  figures: [],
  dependencies: [],
  stageTargets: [],
  prose: [],
};

/** How many messages and facts a run has from them: the plan and the round; the red tests and the round. */
export const authored = { messages: 2, facts: 2 } as const;

/** Registers who reads a specification, makes tests of it and writes code; each has one thing to say in a run. */
export function registerAuthors(api: PluginApi): void {
  api.artifact({ key: specDocument, executesCode: false, produce: async () => doc });
  api.testGenerator({
    name: "maker",
    files: async () => [],
    generate: async () => ({
      files: [],
      tests: [{ id: "tests/test_foo.py::test_keep", tier: "T0", requirements: ["FR-1"] }],
      vacuous: [],
      red: ["tests/test_foo.py::test_keep"],
      uncovered: [],
    }),
  });
  api.agent({
    name: "writer",
    maxRounds: 1,
    contextTokens: 1_000,
    work: async () => ({ state: "done", files: [], patch: "", summary: "", violations: [] }),
  });
}
