import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { memoryJournal, type Exec, type GateResult, type Journal } from "@towpath/core";
import { fakeTool, project, runInMemory } from "@towpath/testkit";
import { expect, it } from "vitest";
import pyright from "./index.ts";

const packages = "venv/lib/python3.11/site-packages";
const files = {
  "pyrightconfig.json": '{"extends": "./base.json"} // for all\n',
  "base.json": "{}",
  "src/foo/__init__.py": "X = 1\n",
  ".gitignore": "venv\nnode_modules\n",
  "venv/pyvenv.cfg": "home = /nowhere/bin\n",
  [`${packages}/one-1.0.dist-info/METADATA`]: "",
};

async function made(): Promise<{
  readonly root: string;
  write(path: string, text: string): Promise<void>;
  ask(): Promise<{ readonly result: GateResult | undefined; readonly started: readonly string[] }>;
}> {
  const { root, write } = await project(files, { git: true });
  await fakeTool(join(root, "venv/bin"), "python", {
    version: "Python 3.11.7",
    script: 'process.stdout.write(JSON.stringify({ path: [], prefix: "/" }))',
  });
  const journal: Journal = memoryJournal();
  return {
    root,
    write,
    async ask() {
      const started: string[] = [];
      const exec =
        (real: Exec): Exec =>
        (request) => {
          started.push(request.command);
          return real(request);
        };
      const env = { VIRTUAL_ENV: join(root, "venv") };
      const { report } = await runInMemory({ root, env, plugins: [pyright()], journal, exec });
      return { result: report.stages[0]?.results[0], started };
    },
  };
}

it("a result stands while nothing changes, and no process is started for it", async () => {
  const { ask } = await made();
  expect((await ask()).result).toMatchObject({ verdict: "passed", because: "there is no stored result" });
  const { result, started } = await ask();
  expect(started).toEqual([]);
  expect(result?.cached).toBeDefined();
});

it.each<[string, (root: string, write: (path: string, text: string) => Promise<void>) => Promise<unknown>]>([
  ["a distribution is installed", (root) => mkdir(join(root, packages, "two-2.0.dist-info"))],
  [
    "the configuration changes that another one extends",
    (_, write) => write("base.json", '{"strict": ["src"]}'),
  ],
  [
    "the team's pyright is another one",
    (_, write) => write("node_modules/pyright/package.json", '{"version": "1.1.400"}'),
  ],
])("a result is measured anew when %s", async (_, change) => {
  const { root, write, ask } = await made();
  await ask();
  await change(root, write);
  expect((await ask()).result?.because).toMatch(/^environment changed/);
});
