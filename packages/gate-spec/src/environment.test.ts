import { join } from "node:path";
import { memoryJournal, type Exec, type GateResult, type Journal } from "@towpath/core";
import { fakeTool, project, pythonEnv, runInMemory } from "@towpath/testkit";
import { expect, it } from "vitest";
import { clean, spec as component } from "../test/sample.ts";
import spec from "./index.ts";

type Env = Readonly<Record<string, string | undefined>>;

async function ask(
  root: string,
  env: Env,
  journal: Journal = memoryJournal(),
): Promise<{ readonly results: readonly GateResult[]; readonly started: readonly string[] }> {
  const started: string[] = [];
  const exec =
    (real: Exec): Exec =>
    (request) => {
      started.push(request.command);
      return real(request);
    };
  const { report } = await runInMemory({
    root,
    env,
    plugins: [spec()],
    components: [{ ...component, tests: [] }],
    journal,
    exec,
  });
  return { results: report.stages.flatMap((stage) => stage.results), started };
}

it("results stand while nothing changes, and no process is started for them", async () => {
  const { root } = await project(clean);
  const { env } = await pythonEnv();
  const journal = memoryJournal();
  const first = await ask(root, env, journal);
  expect(first.results.map(({ gate, verdict }) => [gate, verdict])).toEqual([
    ["spec", "passed"],
    ["conflicts", "passed"],
    ["api", "passed"],
  ]);
  const second = await ask(root, env, journal);
  expect(second.started).toEqual([]);
  expect(second.results.filter((result) => result.cached)).toHaveLength(3);
});

it("a version of Python has an environment of its own for the gate api", async () => {
  const { root } = await project(clean);
  const environmentsOf = async (version: string): Promise<readonly string[]> => {
    await fakeTool(join(root, "venv/bin"), "python", { version: `Python ${version}` });
    const { results } = await ask(root, { VIRTUAL_ENV: join(root, "venv") });
    return results.map((result) => result.inputs.environment);
  };
  const [spec311, conflicts311, api311] = await environmentsOf("3.11.7");
  const [spec312, conflicts312, api312] = await environmentsOf("3.12.11");
  expect(spec312).toBe(spec311);
  expect(conflicts312).toBe(conflicts311);
  expect(api312).not.toBe(api311);
});
