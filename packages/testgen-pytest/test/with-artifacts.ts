import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  Breakage,
  specDocument,
  testRun,
  type ExecutedTest,
  type GateContext,
  type Plugin,
  type SpecDoc,
  type TestRun,
} from "@towpath/core";
import { findPython } from "@towpath/kit";
import { runProof } from "../src/proof/run-proof.ts";
import { distributions } from "../src/python/distributions.ts";

/** Where the sample projects keep what other plugins would make. */
export const specFile = "specs/foo.json";
const runFile = "run.json";

/**
 * A plugin that also makes what its gates need: the specification from `specs/foo.json`, and the run of the tests from
 * `run.json`, or by pytest where there is none.
 */
export function withArtifacts(plugin: Plugin): Plugin {
  return {
    ...plugin,
    async setup(api, options) {
      api.artifact({
        key: specDocument,
        executesCode: false,
        produce: async (ctx) => {
          const text = await textAt(ctx, specFile);
          if (text === undefined) throw new Breakage("no-input", { message: "there is no specification" });
          return JSON.parse(text) as SpecDoc;
        },
      });
      api.artifact({ key: testRun, executesCode: false, produce: recordedRun });
      await plugin.setup(api, options);
    },
  };
}

async function recordedRun(ctx: GateContext): Promise<TestRun> {
  const text = await textAt(ctx, runFile);
  if (text !== undefined) {
    const tests = JSON.parse(text) as readonly ExecutedTest[];
    return { tool: { name: "pytest", version: "9.2.0", via: "venv" }, rootdir: ctx.workspace.root, tests };
  }
  const python = await findPython(ctx);
  const { tests, pytest } = await runProof(ctx, {
    python,
    distributions: await distributions(ctx, python),
    variables: {},
    root: ctx.workspace.root,
    outDir: join(ctx.outDir, "run"),
    targets: ctx.component.tests,
    properties: false,
  });
  return {
    tool: { name: "pytest", version: pytest, via: "venv" },
    rootdir: ctx.workspace.root,
    tests: tests.map(({ id, file, line, spec, cases }): ExecutedTest => ({
      nodeid: id,
      outcome: cases.every(({ outcome }) => outcome === "passed") ? "passed" : "failed",
      rerun: false,
      expectedFailure: false,
      file,
      line,
      spec,
    })),
  };
}

async function textAt(ctx: GateContext, path: string): Promise<string | undefined> {
  try {
    return await readFile(join(ctx.workspace.root, path), "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
