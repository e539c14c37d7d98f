import { chmod, copyFile, mkdir, readdir, stat } from "node:fs/promises";
import { existsSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { Breakage, type BuildContext, type Builder } from "@towpath/core";
import { createWorkspace } from "@towpath/kit";
import { interpreterOf } from "./interpreter.ts";
import { runCommand } from "./run-command.ts";

/** The oldest time that a wheel, which is a zip archive, can hold: the same for every build. */
const zipEpoch = "315532800";

/** Builds the wheel of a component from a copy of its files, so that nothing is left in the tree. */
export const wheelBuilder: Builder = {
  name: "wheel",
  async build(ctx) {
    const python = await interpreterOf(ctx);
    const project = projectOf(ctx);
    const copy = join(ctx.outDir, "project");
    await copyProject(ctx, project, copy);
    const isolated = !(await hasBackend(ctx, python, copy));
    ctx.log(
      `building the wheel of ./${project} ${isolated ? "in an environment of its own" : `with ${python}`}`,
    );
    const out = join(ctx.outDir, "wheel");
    const isolation = isolated ? [] : ["--no-build-isolation"];
    const common = ["--no-input", "--disable-pip-version-check"];
    const wheel = ["wheel", "--no-deps", ...isolation, `--wheel-dir=${out}`, copy];
    const argv = [python, "-I", "-m", "pip", ...common, ...wheel];
    await runCommand(ctx, argv, { SOURCE_DATE_EPOCH: zipEpoch, PYTHONHASHSEED: "0" });
    const made = await readdir(out).catch(() => []);
    const [file] = made;
    if (made.length === 1 && file?.endsWith(".whl")) return join(out, file);
    throw new Breakage("tool-crash", {
      message: `pip should have made one wheel, and made ${made.join(", ") || "none"}`,
    });
  },
};

/** The folder of the nearest `pyproject.toml`, from the component's source up to the root; relative to the root. */
function projectOf({ root, component }: BuildContext): string {
  for (const source of component.source) {
    for (let folder = resolve(root, source); ; folder = dirname(folder)) {
      if (existsSync(join(folder, "pyproject.toml"))) {
        return relative(root, folder).split(sep).join("/") || ".";
      }
      if (folder === root || folder === dirname(folder)) break;
    }
  }
  throw new Breakage("tool-config", {
    message: `the component ${component.name} has no pyproject.toml, from ${component.source.join(", ")} up to the root`,
    fix: ["Write a pyproject.toml with a [build-system] and a [project] table."],
  });
}

/** Copies the files that git does not ignore. Their modes become part of a wheel, so they are made the same everywhere. */
async function copyProject({ root, exec }: BuildContext, project: string, copy: string): Promise<void> {
  const workspace = await createWorkspace(root, exec);
  const { files } = await workspace.list([project]);
  for (const file of files) {
    const from = join(root, file);
    const to = join(copy, relative(join(root, project), from));
    await mkdir(dirname(to), { recursive: true });
    await copyFile(from, to);
    const isProgram = ((await stat(from)).mode & 0o100) !== 0;
    await chmod(to, isProgram ? 0o755 : 0o644);
  }
}

/** Whether the interpreter has all that the build needs, so that it needs no network. */
async function hasBackend(ctx: BuildContext, python: string, project: string): Promise<boolean> {
  const said = await runCommand(ctx, [python, "-I", "-c", lookForBackend, join(project, "pyproject.toml")]);
  return said.trim() === "complete";
}

// Setuptools before 70.1 makes wheels with the help of a package that it only asks for while it builds.
const lookForBackend = `
import sys
from importlib.metadata import PackageNotFoundError, version

try:
    import tomllib
except ModuleNotFoundError:
    from pip._vendor import tomli as tomllib
from pip._vendor.packaging.requirements import Requirement


def has(text):
    wanted = Requirement(text)
    if wanted.marker is not None and not wanted.marker.evaluate():
        return True
    try:
        found = version(wanted.name)
    except PackageNotFoundError:
        return False
    if wanted.name == "setuptools" and not has("wheel") and int(found.split(".")[0]) < 71:
        return False
    return wanted.specifier.contains(found, prereleases=True)


with open(sys.argv[1], "rb") as file:
    build = tomllib.load(file).get("build-system", {})
requires = build.get("requires", ["setuptools>=40.8.0"])
print("complete" if all(map(has, requires)) else "incomplete")
`;
