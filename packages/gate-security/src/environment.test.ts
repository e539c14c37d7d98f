import { rename } from "node:fs/promises";
import { join } from "node:path";
import { memoryJournal, type Exec, type GateResult, type Journal } from "@towpath/core";
import { fakeTool, project, pythonEnv, runInMemory } from "@towpath/testkit";
import { expect, it } from "vitest";
import security, { type SecurityUserOptions } from "./index.ts";

type Env = Readonly<Record<string, string | undefined>>;

const files = { "src/foo/__init__.py": "X = 1\n" };

interface Setup {
  readonly env: Env;
  readonly gate: "secrets" | "sast";
  readonly options?: SecurityUserOptions;
  readonly journal?: Journal;
}

async function ask(
  root: string,
  { env, gate, options, journal = memoryJournal() }: Setup,
): Promise<{ readonly result: GateResult | undefined; readonly started: readonly string[] }> {
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
    plugins: [security(options)],
    components: [{ tests: [] }],
    only: [gate],
    journal,
    exec,
  });
  return { result: report.stages[0]?.results[0], started };
}

it.each<[string, Setup["gate"], SecurityUserOptions]>([
  ["bandit", "sast", {}],
  ["detect-secrets", "secrets", {}],
  ["secretlint", "secrets", { secrets: { engine: "secretlint" } }],
])(
  "a result of %s stands while nothing changes, and no process is started for it",
  async (_, gate, options) => {
    const { root } = await project(files);
    const { env } = await pythonEnv();
    const journal = memoryJournal();
    expect((await ask(root, { env, gate, options, journal })).result).toMatchObject({ verdict: "passed" });
    const { result, started } = await ask(root, { env, gate, options, journal });
    expect(started).toEqual([]);
    expect(result?.cached).toBeDefined();
  },
);

it("a result is measured anew when the engine changes", async () => {
  const { root } = await project(files);
  const journal = memoryJournal();
  const gate = "secrets";
  await ask(root, { env: (await pythonEnv()).env, gate, journal });
  const { result } = await ask(root, { env: {}, gate, journal });
  expect(result?.tool?.engine).toBe("secretlint");
  expect(result?.because).toMatch(/^environment changed/);
});

it("a result is measured anew when a file changes that the options name, wherever it lies", async () => {
  const baseline = (version: string): string =>
    JSON.stringify({ version, plugins_used: [], filters_used: [], results: {} });
  const { root, write } = await project({
    ...files,
    "conf/bandit.yaml": "skips: [B101]\n",
    "conf/secrets.json": baseline("1.5.0"),
  });
  const { env } = await pythonEnv();
  const options = {
    secrets: { engine: "secretlint" as const, baseline: "conf/secrets.json" },
    sast: { config: "conf/bandit.yaml" },
  };
  const journal = memoryJournal();
  for (const gate of ["secrets", "sast"] as const) await ask(root, { env, gate, options, journal });
  await write("conf/bandit.yaml", "skips: [B102]\n");
  await write("conf/secrets.json", baseline("1.4.0"));
  for (const gate of ["secrets", "sast"] as const) {
    const { result } = await ask(root, { env, gate, options, journal });
    expect(result?.because).toMatch(/^environment changed/);
  }
});

it.each([
  ["bandit", "sast", "1.8.0", "1.8.1"],
  ["detect-secrets", "secrets", "1.4.0", "1.5.0"],
] as const)(
  "a version of %s, and of what it needs, has an environment of its own",
  async (tool, gate, old, now) => {
    const folder = "venv/lib/python3.11/site-packages";
    const { root } = await project({
      ...files,
      "venv/pyvenv.cfg": "",
      [`${folder}/pyyaml-6.0.2.dist-info/METADATA`]: "",
    });
    const environmentOf = async (version: string): Promise<string | undefined> => {
      await fakeTool(join(root, "venv/bin"), tool, { version: `${tool} ${version}` });
      return (await ask(root, { env: { VIRTUAL_ENV: join(root, "venv") }, gate })).result?.inputs.environment;
    };
    const seen = [await environmentOf(old), await environmentOf(now)];
    await rename(join(root, folder, "pyyaml-6.0.2.dist-info"), join(root, folder, "pyyaml-6.0.3.dist-info"));
    seen.push(await environmentOf(now));
    expect(new Set(seen).size).toBe(3);
    expect(await environmentOf(now)).toBe(seen[2]);
  },
);
