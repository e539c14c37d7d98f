import {
  defineGate,
  definePlugin,
  type Component,
  type GateResult,
  type GeneratedTests,
  type SpecDoc,
} from "@towpath/core";
import { pythonEnv, runGate } from "@towpath/testkit";
import { z } from "zod";
import { pytestGenerator } from "../src/generate-tests.ts";

/** What is handed to the generator. */
export interface GenerateSetup {
  readonly spec: SpecDoc;
  readonly root: string;
  readonly component?: Partial<Component>;
  readonly trusted?: boolean;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** Generates in a project with a real context, as the host would. Breakage is in the result. */
export async function tryGenerate(
  setup: GenerateSetup,
): Promise<{ readonly made: GeneratedTests | undefined; readonly result: GateResult }> {
  const { spec, root, component = {}, trusted = true, env } = setup;
  let made: GeneratedTests | undefined;
  const generator = definePlugin({
    name: "generate",
    options: z.unknown(),
    setup(api) {
      api.gate(
        defineGate({
          name: "generate",
          category: "testing",
          code: "TP1135",
          stages: ["testing"],
          executesCode: false,
          async check(ctx) {
            made = await pytestGenerator({ env: [] }).generate(spec, ctx);
            return {
              candidates: 1,
              checked: 1,
              findings: [],
              measurements: [
                {
                  name: "files",
                  value: made.files.length,
                  unit: "files",
                  operator: ">=",
                  threshold: 0,
                  source: "here",
                },
              ],
              tool: { name: "generate", version: "1", via: "embedded" },
            };
          },
        }),
      );
    },
  });
  const result = await runGate(generator(), "generate", {
    root,
    component: { tests: ["tests"], ...component },
    trusted,
    env: { ...(await pythonEnv("python-scenarios")).env, ...env },
  });
  return { made, result };
}

/** As `tryGenerate`, where nothing may break. */
export async function generate(setup: GenerateSetup): Promise<GeneratedTests> {
  const { made, result } = await tryGenerate(setup);
  if (made === undefined) throw new Error(JSON.stringify(result.error, undefined, 2));
  return made;
}
