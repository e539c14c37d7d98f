import type { Component, GateResult } from "@towpath/core";
import { project, pythonEnv, runGate, runGateOnMany } from "@towpath/testkit";
import { expect, it } from "vitest";
import complexity from "./index.ts";

const { env } = await pythonEnv();

const branches = Array.from(
  { length: 11 },
  (_, index) => `    if x == ${index}:\n        return ${index}\n`,
).join("");
const tree = {
  "src/clean/a.py": "def f(x):\n    return x\n",
  "src/wrong/a.py": `def f(x):\n${branches}`,
  "src/wrong/b.py": "X = 1\n",
  "src/broken/a.py": "def (:\n",
  "src/empty/readme.md": "",
  "src/left/a.py": "def f(x):\n    return x\n",
  "pyproject.toml": '[tool.radon]\nexclude = "*/left/*"\n',
};
const components = ["clean", "wrong", "broken", "empty", "gone", "left"].map((name): Partial<Component> => ({
  name,
  source: [`src/${name}`],
}));

const timeless = (result: GateResult): GateResult => ({ ...result, startedAt: "", durationMs: 0 });

it.each([["radon"], ["c901"]] as const)(
  "says of many components what %s says of each alone",
  async (engine) => {
    const { root } = await project(tree);
    const together = await runGateOnMany(complexity({ engine }), "complexity", { root, env, components });
    const alone: GateResult[] = [];
    for (const component of components) {
      alone.push(await runGate(complexity({ engine }), "complexity", { root, env, component }));
    }
    expect(together.map(timeless)).toEqual(alone.map(timeless));
    const left = engine === "radon" ? "errored" : "passed";
    expect(together.map(({ verdict }) => verdict)).toEqual([
      "passed",
      "failed",
      "errored",
      "errored",
      "errored",
      left,
    ]);
  },
);

it("does not count a file twice that two components share", async () => {
  const { root } = await project(tree);
  const results = await runGateOnMany(complexity(), "complexity", {
    root,
    env,
    components: [components[1] ?? {}, { name: "all", source: ["src/clean", "src/wrong"] }],
  });
  expect(results.map(({ findings, checked }) => [findings.length, checked])).toEqual([
    [1, 2],
    [1, 3],
  ]);
});
