import { join } from "node:path";
import { memoryJournal, type Exec, type GateResult, type Journal } from "@towpath/core";
import { fakeTool, project, pythonEnv, runInMemory } from "@towpath/testkit";
import { expect, it } from "vitest";
import ruff from "./index.ts";

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
    plugins: [ruff()],
    components: [{ tests: [] }],
    journal,
    exec,
  });
  return { results: report.stages.flatMap((stage) => stage.results), started };
}

const files = { "ruff.toml": 'extend = "base.toml"\n', "base.toml": "", "src/foo/__init__.py": "X = 1\n" };

it("results stand while nothing changes, and no process is started for them", async () => {
  const { root } = await project(files);
  const { env } = await pythonEnv();
  const journal = memoryJournal();
  const first = await ask(root, env, journal);
  expect(first.results.map(({ gate, verdict }) => [gate, verdict])).toEqual([
    ["lint", "passed"],
    ["format", "passed"],
  ]);
  const second = await ask(root, env, journal);
  expect(second.started).toEqual([]);
  expect(second.results.filter((result) => result.cached)).toHaveLength(2);
});

it("results are measured anew when the engine changes", async () => {
  const { root } = await project(files);
  const journal = memoryJournal();
  await ask(root, (await pythonEnv()).env, journal);
  const { results } = await ask(root, {}, journal);
  expect(results.map((result) => [result.tool?.engine, result.because?.slice(0, 19)])).toEqual([
    ["wasm", "environment changed"],
    ["wasm", "environment changed"],
  ]);
});

it("results are measured anew when a configuration changes that another one extends", async () => {
  const { root, write } = await project(files);
  const journal = memoryJournal();
  await ask(root, {}, journal);
  await write("base.toml", "line-length = 100\n");
  const { results } = await ask(root, {}, journal);
  for (const { because } of results) expect(because).toMatch(/^environment changed/);
});

it("a version of ruff has an environment of its own", async () => {
  const { root } = await project(files);
  const environmentOf = async (version: string): Promise<unknown> => {
    const TOWPATH_RUFF = await fakeTool(join(root, `.tools/${version}`), "ruff", {
      version: `ruff ${version}`,
    });
    return (await ask(root, { TOWPATH_RUFF })).results.map((result) => result.inputs.environment);
  };
  expect(await environmentOf("0.17.5")).not.toEqual(await environmentOf("0.17.6"));
});
