import { fileURLToPath } from "node:url";
import type { Component, GateContext, SpecDoc } from "@towpath/core";
import { noRecords } from "@towpath/core";
import { createExec, createWorkspace } from "@towpath/kit";

const at = { file: "specs/shelf.md", line: 1, column: 1, endColumn: 2 };

/** A specification of requirements by id and title, and one block of API. */
export function specOf(requirements: Readonly<Record<string, string>>, api = ""): SpecDoc {
  return {
    file: at.file,
    form: "markdown",
    meta: [],
    sections: [],
    requirements: Object.entries(requirements).map(([id, title]) => ({
      id,
      title,
      synthetic: false,
      kind: "functional",
      text: "",
      ears: [],
      criteria: [],
      at,
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

/** What a test of a consultation sets up. */
export interface ContextSetup extends Partial<Pick<GateContext, "trusted" | "signal" | "workspace">> {
  readonly component?: Partial<Component>;
  readonly env?: Readonly<Record<string, string>>;
  readonly logged?: string[];
}

/** The context of a consultation for the component `shelf` of a tree, with real processes. */
export async function contextFor(root: string, setup: ContextSetup = {}): Promise<GateContext> {
  const { component, logged = [], env: added = {}, ...rest } = setup;
  const env = { ...process.env, ...added };
  const exec = createExec({ root, runId: "test", env, killGraceMs: 200 });
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
    env,
    records: noRecords,
    now: Date.now,
    tree: async () => "",
    signal: new AbortController().signal,
    trusted: true,
    log: (line) => logged.push(line),
    ...rest,
  };
}

/** Argv of the test server. */
export function serverCommand(mode: string): readonly string[] {
  return [process.execPath, fileURLToPath(new URL("./server.ts", import.meta.url)), mode];
}
