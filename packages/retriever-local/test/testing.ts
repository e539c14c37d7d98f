import type { Component, GateContext, SpecDoc, SpecRequirement } from "@towpath/core";
import { noRecords } from "@towpath/core";
import { createExec, createWorkspace } from "@towpath/kit";

const at = { file: "specs/shelf.md", line: 1, column: 1, endColumn: 2 };

/** A specification of requirements and one block of API. */
export function specOf(
  requirements: readonly (Pick<SpecRequirement, "id" | "title"> & Partial<SpecRequirement>)[],
  api = "",
): SpecDoc {
  return {
    file: at.file,
    form: "markdown",
    meta: [],
    sections: [],
    requirements: requirements.map((one) => ({
      synthetic: false,
      kind: "functional",
      text: "",
      ears: [],
      criteria: [],
      at,
      ...one,
    })),
    criteria: [],
    scenarios: [],
    apiBlocks: api === "" ? [] : [{ text: api, at }],
    endpoints: [],
    examples: [],
    figures: [],
    dependencies: [],
    stageTargets: [],
    prose: [],
  };
}

/** The context of a look at the component `shelf` of a tree, through the real processes and file lists. */
export async function contextFor(
  root: string,
  setup: {
    readonly component?: Partial<Component>;
    readonly now?: number;
    readonly logged?: string[];
  } & Partial<Pick<GateContext, "trusted" | "signal" | "workspace">> = {},
): Promise<GateContext> {
  const exec = createExec({ root, runId: "test", env: process.env });
  const { component, now = Date.now(), logged = [], ...rest } = setup;
  return {
    component: { name: "shelf", source: ["src/shelf"], tests: ["tests"], ...component },
    target: "dev",
    workspace: await createWorkspace(root, exec),
    outDir: root,
    artifacts: {
      get(): never {
        throw new Error("a retriever reads no artifacts");
      },
    },
    exec,
    env: process.env,
    records: noRecords,
    now: () => now,
    tree: async () => "",
    signal: new AbortController().signal,
    trusted: true,
    log: (line) => logged.push(line),
    ...rest,
  };
}
