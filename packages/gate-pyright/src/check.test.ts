import { readFileSync } from "node:fs";
import type { Component, GateResult } from "@towpath/core";
import { project, pythonEnv, runGate, runGateOnMany } from "@towpath/testkit";
import { expect, it } from "vitest";
import pyright from "./index.ts";

const { env } = await pythonEnv();

const tree = {
  "src/clean/a.py": "def f(x: int) -> int:\n    return x\n",
  "src/wrong/a.py": 'from clean.a import f\n\nx: str = f(1)\ny: str = f("one")\n',
  "src/warned/a.py": '__all__ = ["gone"]\n',
  "src/missing/a.py": "import nowhere_to_be_found\n",
  "src/empty/readme.md": "",
  "src/shared/a.py": 'x: int = "one"\n',
};
const components = ["clean", "wrong", "warned", "missing", "empty", "shared"].map(
  (name): Partial<Component> => ({
    name,
    source: [`src/${name}`],
  }),
);

const timeless = (result: GateResult): GateResult => ({ ...result, startedAt: "", durationMs: 0 });

/** What must not depend on how a component was checked. */
async function both(root: string, of: readonly Partial<Component>[]) {
  const together = await runGateOnMany(pyright(), "types", { root, env, components: of });
  const alone: GateResult[] = [];
  for (const component of of) alone.push(await runGate(pyright(), "types", { root, env, component }));
  return { together: together.map(timeless), alone: alone.map(timeless) };
}

it("says of each of many components what it says of that component alone", async () => {
  const { root } = await project(tree);
  const { together, alone } = await both(root, components);
  expect(together).toEqual(alone);
  expect(together.map(({ verdict }) => verdict)).toEqual([
    "passed",
    "failed",
    "warned",
    "errored",
    "errored",
    "failed",
  ]);
});

it("does so when the configuration leaves out files of one of them", async () => {
  const { root } = await project({
    ...tree,
    "src/clean/generated.py": 'x: int = "one"\n',
    "pyrightconfig.json": '{"exclude": ["**/generated.py", "src/shared"]}',
  });
  const { together, alone } = await both(root, components);
  expect(together).toEqual(alone);
  expect(together[0]).toMatchObject({ verdict: "warned", candidates: 2, checked: 1 });
  expect(together[5]).toMatchObject({ verdict: "errored", error: { kind: "no-input" } });
});

it("does so when components overlap or have configurations of their own", async () => {
  const { root } = await project({
    "src/foo/a.py": "def f(x):\n    return x\n",
    "src/foo/sub/b.py": 'x: int = "one"\n',
    "own/a.py": "def f(x):\n    return x\n",
    "own/pyrightconfig.json": '{"typeCheckingMode": "strict"}',
  });
  const { together, alone } = await both(root, [
    { name: "foo", source: ["src/foo"] },
    { name: "sub", source: ["src/foo/sub"] },
    { name: "own", source: ["own"] },
  ]);
  expect(together).toEqual(alone);
  expect(together.map(({ findings }) => findings.length > 0)).toEqual([true, true, true]);
});

it("needs one process for many components", async () => {
  const { root, write } = await project({
    ...tree,
    "node_modules/pyright/package.json": '{"name": "pyright", "version": "1.1.414"}',
    ".gitignore": "node_modules\n",
  });
  const report = {
    version: "1.1.414",
    generalDiagnostics: [],
    summary: { filesAnalyzed: 3, errorCount: 0, warningCount: 0, informationCount: 0 },
  };
  await write(
    "node_modules/pyright/index.js",
    `require("node:fs").appendFileSync(${JSON.stringify(`${root}/node_modules/runs`)}, "run\\n");
     process.stdout.write(${JSON.stringify(JSON.stringify(report))});`,
  );
  const of = [components[0], components[1], components[2]].filter((one) => one !== undefined);
  const results = await runGateOnMany(pyright(), "types", { root, env, components: of });
  expect(results.map(({ verdict }) => verdict)).toEqual(["passed", "passed", "passed"]);
  expect(readFileSync(`${root}/node_modules/runs`, "utf8")).toBe("run\n");
});
