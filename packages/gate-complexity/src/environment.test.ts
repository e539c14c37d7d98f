import { rename } from "node:fs/promises";
import { join } from "node:path";
import { memoryJournal, type Exec, type GateResult, type Journal } from "@towpath/core";
import { fakeTool, project, pythonEnv, runInMemory } from "@towpath/testkit";
import { expect, it } from "vitest";
import complexity from "./index.ts";

type Env = Readonly<Record<string, string | undefined>>;

const files = { "src/foo/__init__.py": "def f():\n    pass\n" };

async function ask(
  root: string,
  env: Env,
  journal: Journal = memoryJournal(),
): Promise<{ readonly result: GateResult | undefined; readonly started: readonly string[] }> {
  const started: string[] = [];
  const exec =
    (real: Exec): Exec =>
    (request) => {
      started.push(request.command);
      return real(request);
    };
  const { report } = await runInMemory({ root, env, plugins: [complexity()], journal, exec });
  return { result: report.stages[0]?.results[0], started };
}

it.each<[string, () => Promise<Env>]>([
  ["radon", async () => (await pythonEnv()).env],
  ["the embedded engine", async () => ({})],
])("a result of %s stands while nothing changes, and no process is started for it", async (_, envOf) => {
  const { root } = await project(files);
  const env = await envOf();
  const journal = memoryJournal();
  expect((await ask(root, env, journal)).result).toMatchObject({ verdict: "passed" });
  const { result, started } = await ask(root, env, journal);
  expect(started).toEqual([]);
  expect(result?.cached).toBeDefined();
});

it("a result is measured anew when the engine changes", async () => {
  const { root } = await project(files);
  const journal = memoryJournal();
  await ask(root, (await pythonEnv()).env, journal);
  const { result } = await ask(root, {}, journal);
  expect(result).toMatchObject({ tool: { engine: "c901" } });
  expect(result?.because).toMatch(/^environment changed/);
});

it("a version of radon, and of what it needs, has an environment of its own", async () => {
  const folder = "venv/lib/python3.11/site-packages";
  const { root } = await project({
    ...files,
    "venv/pyvenv.cfg": "",
    [`${folder}/mando-0.7.1.dist-info/METADATA`]: "",
  });
  const environmentOf = async (version: string): Promise<string | undefined> => {
    await fakeTool(join(root, "venv/bin"), "radon", { version });
    return (await ask(root, { VIRTUAL_ENV: join(root, "venv") })).result?.inputs.environment;
  };
  const seen = [await environmentOf("6.0.1"), await environmentOf("6.0.10")];
  await rename(join(root, folder, "mando-0.7.1.dist-info"), join(root, folder, "mando-0.7.2.dist-info"));
  seen.push(await environmentOf("6.0.10"));
  expect(new Set(seen).size).toBe(3);
  expect(await environmentOf("6.0.10")).toBe(seen[2]);
});
