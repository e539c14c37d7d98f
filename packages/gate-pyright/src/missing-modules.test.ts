import { dirname, join } from "node:path";
import { createRequire } from "node:module";
import { createExec, createWorkspace } from "@towpath/kit";
import { project } from "@towpath/testkit";
import { describe, expect, it } from "vitest";
import { missingModules } from "./missing-modules.ts";

const pyright = dirname(createRequire(import.meta.url).resolve("pyright/package.json"));
const stdlib = join(pyright, "dist", "typeshed-fallback", "stdlib");

async function missing(modules: readonly string[], folder = ""): Promise<readonly string[]> {
  const { root } = await project({
    "src/foo/__init__.py": "",
    "src/foo/a.py": "",
    "src/bar.py": "",
    "src/space/deep/b.py": "",
    "docker/Dockerfile": "FROM scratch",
    "services/one/src/own/c.py": "",
    "services/one/helpers.pyi": "",
  });
  const file = folder === "" ? "src/foo/a.py" : `${folder}/src/own/c.py`;
  const imports = modules.map((module) => ({ file, module }));
  const workspace = await createWorkspace(root, createExec({ root, runId: "test", env: process.env }));
  return (await missingModules(imports, { workspace, project: folder, stdlib })).map(({ module }) => module);
}

describe("an unresolved import", () => {
  it("is a matter of the environment when neither the tree nor Python has its first name", async () => {
    const names = ["numpy", "yaml.nodes", "_private_wheel", "größe"];
    expect(await missing(names)).toEqual(names);
  });

  it("is an error in the code when it is relative", async () => {
    expect(await missing([".gone", "..foo.gone", ".."])).toEqual([]);
  });

  it("is an error in the code below a module, package or namespace package of the tree", async () => {
    expect(await missing(["foo.gone", "bar.gone", "space.gone", "src.gone", "a.gone"])).toEqual([]);
  });

  it("is an error in the code below a module of Python", async () => {
    expect(await missing(["os.gone", "distutils.core", "tomllib"])).toEqual([]);
  });

  it("is not explained by a folder without Python", async () => {
    expect(await missing(["docker.models"])).toEqual(["docker.models"]);
  });

  it("is looked up in the project's folder and its src", async () => {
    expect(await missing(["helpers.gone", "own.gone", "numpy"], "services/one")).toEqual(["numpy"]);
  });

  it("is an error in the code when its text is no name", async () => {
    expect(await missing(["", "1x", "("])).toEqual([]);
  });
});
