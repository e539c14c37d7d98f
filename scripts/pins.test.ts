import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { inRoot, pnpmVersion } from "./project.mjs";

function read(file: string): string {
  return readFileSync(inRoot(file), "utf8");
}

it("pnpm is told of the Node that everything runs on", () => {
  const { devDependencies } = JSON.parse(read("package.json"));
  expect(read("pnpm-workspace.yaml")).toContain(`\nnodeVersion: ${devDependencies.node}\n`);
});

it("pnpm is pinned to one version", () => {
  expect(pnpmVersion()).toMatch(/^\d+\.\d+\.\d+$/u);
});

it.each([
  ["python-requirements", ["python-requirements"]],
  ["python-scenario-requirements", ["python-requirements", "python-scenario-requirements"]],
])("the locked Python tools of %s are those that were asked for, each with its hashes", (lock, sources) => {
  const asked = sources.flatMap(
    (name) => read(`scripts/${name}.in`).match(/^[\w-]+(?:\[[\w,-]+\])?==\S+$/gmu) ?? [],
  );
  const locked = read(`scripts/${lock}.txt`)
    .split(/\n(?=\S)/u)
    .filter((entry) => !entry.startsWith("#"));
  expect(asked.length).toBeGreaterThanOrEqual(10);
  for (const pin of asked) expect(locked.map((entry) => entry.split(" ")[0])).toContain(pin);
  expect(locked.filter((entry) => !entry.includes("--hash=sha256:"))).toEqual([]);
});
