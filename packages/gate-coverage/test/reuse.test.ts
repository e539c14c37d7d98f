import { mkdir, readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { memoryJournal, type Exec, type GateResult, type Journal } from "@towpath/core";
import { project, pythonEnv, runInMemory } from "@towpath/testkit";
import { expect, it } from "vitest";
import coverage from "../src/index.ts";
import { deployedAt, staging } from "./deployed.ts";
import { envWithout } from "./env-without.ts";
import { settings, source } from "./live.ts";

const files = {
  ...source,
  ...settings(),
  "tests/test_foo.py": "from foo import add\n\n\ndef test_add():\n    assert add(1, 2) == 3\n",
  "tests/e2e/test_foo.py":
    "from foo import add\n\n\ndef test_e2e():\n    assert add(1, 2) == 3\n    assert add(101, 0) == 0\n",
};

interface Asked {
  readonly results: readonly GateResult[];
  /** What was started for gates. */
  readonly started: readonly string[];
}

async function ask(
  root: string,
  journal: Journal,
  {
    python,
    env = {},
    only = ["tests", "coverage", "flaky"],
  }: {
    python?: string;
    env?: Readonly<Record<string, string>>;
    only?: readonly string[];
  } = {},
): Promise<Asked> {
  const started: string[] = [];
  const exec =
    (real: Exec): Exec =>
    (request) => {
      started.push([request.command, ...request.args].join(" "));
      return real(request);
    };
  const kind = { paths: ["tests/e2e"] };
  const { report } = await runInMemory({
    root,
    plugins: [coverage({ env: ["TOKEN"], integration: kind })],
    only,
    journal,
    exec,
    components: [python === undefined ? {} : { python }],
    env: { ...(await pythonEnv()).env, ...env },
  });
  return { results: report.stages.flatMap((stage) => stage.results), started };
}

it("results stand while nothing changes, and no process is started for them", async () => {
  const { root } = await project(files);
  const { url } = await staging("");
  const journal = deployedAt(url);
  const only = ["tests", "coverage", "flaky", "integration", "integration-coverage"];
  const first = await ask(root, journal, { only });
  expect(first.results.map((result) => [result.gate, result.verdict, result.cached])).toEqual(
    only.map((gate) => [gate, "passed", undefined]),
  );
  const second = await ask(root, journal, { only });
  expect(second.started).toEqual([]);
  expect(second.results.filter((result) => result.cached !== undefined)).toHaveLength(only.length);
});

it("results are measured anew when a distribution is installed for the component", async () => {
  const python = await envWithout(/^$/);
  const { root } = await project(files);
  const journal = memoryJournal();
  await ask(root, journal, { python });
  expect((await ask(root, journal, { python })).results.every((result) => result.cached)).toBe(true);
  const lib = join(dirname(dirname(python)), "lib");
  const [version = ""] = await readdir(lib);
  await mkdir(join(lib, version, "site-packages/new-1.0.dist-info"));
  for (const result of (await ask(root, journal, { python })).results)
    expect(result.because).toMatch(/^environment changed/);
});

it("results are measured anew when a variable of the suite changes, whose value is kept nowhere", async () => {
  const { root } = await project(files);
  const journal = memoryJournal();
  const only = ["tests"];
  await ask(root, journal, { only, env: { TOKEN: "first-value" } });
  const [same] = (await ask(root, journal, { only, env: { TOKEN: "first-value" } })).results;
  expect(same?.cached).toBeDefined();
  const [changed] = (await ask(root, journal, { only, env: { TOKEN: "second-value" } })).results;
  expect(changed?.because).toMatch(/^environment changed/);
  expect(JSON.stringify([same, changed])).not.toMatch(/first-value|second-value/);
});
