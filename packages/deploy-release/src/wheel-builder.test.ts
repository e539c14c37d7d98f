import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { cp, readdir, readFile, utimes } from "node:fs/promises";
import { join, relative } from "node:path";
import { promisify } from "node:util";
import { project, pythonEnv, type Project } from "@towpath/testkit";
import { describe, expect, it } from "vitest";
import { buildContext, throttle } from "../test/contexts.ts";
import { wheelBuilder } from "./wheel-builder.ts";

/** A build backend that lies in the project itself, and so needs nothing to be installed. */
const backend = `
import os
import zipfile


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    os.makedirs("build", exist_ok=True)
    open("foo.egg-info", "w").close()
    name = "foo-1-py3-none-any.whl"
    files = sorted(os.listdir("src/foo"))
    with zipfile.ZipFile(os.path.join(wheel_directory, name), "w") as wheel:
        wheel.writestr(zipfile.ZipInfo("foo-1.dist-info/METADATA"), "Metadata-Version: 2.1\\nName: foo\\nVersion: 1\\n")
        wheel.writestr(zipfile.ZipInfo("foo-1.dist-info/WHEEL"), "Wheel-Version: 1.0\\nTag: py3-none-any\\n")
        wheel.writestr(zipfile.ZipInfo("files"), "\\n".join(files) + os.environ["SOURCE_DATE_EPOCH"])
    return name
`;

const pyproject = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n';

async function small(files: Readonly<Record<string, string>> = {}): Promise<Project> {
  return project(
    {
      "pyproject.toml": pyproject,
      "backend.py": backend,
      "src/foo/__init__.py": "",
      ".gitignore": "*.log\n",
      ...files,
    },
    { git: true },
  );
}

/** The files of a tree, without those of git and of Towpath itself. */
async function namesIn(root: string): Promise<readonly string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const names = entries.map((entry) => relative(root, join(entry.parentPath, entry.name)));
  return names.filter((name) => !/^\.(?:git|towpath)(?:\/|$)/.test(name)).toSorted();
}

async function sha256(path: string): Promise<string> {
  return createHash("sha256")
    .update(await readFile(path))
    .digest("hex");
}

describe("the wheel builder", () => {
  it("builds the example with its real backend, twice to the same bytes, and leaves the tree as it is", async () => {
    const first = await throttle();
    const before = await namesIn(first);
    const one = await wheelBuilder.build(await buildContext(first, throttleComponent));
    expect(await namesIn(first)).toEqual(before);
    // Another folder, and other times of the files.
    const second = await throttle();
    await utimes(join(second, "src/throttle/bucket.py"), 1_000_000_000, 1_000_000_000);
    const two = await wheelBuilder.build(await buildContext(second, throttleComponent));
    expect(one.endsWith(".whl")).toBe(true);
    expect(await sha256(two)).toBe(await sha256(one));
  });

  it("builds with the component's interpreter where that has all it needs, from files that git does not ignore", async () => {
    const { root } = await small({ "src/foo/noise.log": "", "src/foo/new.py": "" });
    const before = await namesIn(root);
    const lines: string[] = [];
    const ctx = await buildContext(root, undefined, lines);
    const wheel = await wheelBuilder.build(ctx);
    expect(lines.join()).toContain("with /");
    expect(wheel.startsWith(join(ctx.outDir, "wheel"))).toBe(true);
    const text = await readFile(wheel, "utf8");
    expect(text).toContain("__init__.py\nnew.py315532800");
    expect(await namesIn(root)).toEqual(before);
  });

  it("builds a project that lies below the root", async () => {
    const { root } = await small();
    const mono = await project({ "README.md": "" }, { git: true });
    await cp(root, join(mono.root, "services/foo"), {
      recursive: true,
      filter: (path) => !path.includes(".git/"),
    });
    const component = { name: "foo", source: ["services/foo/src/foo"], tests: [] };
    const wheel = await wheelBuilder.build(await buildContext(mono.root, component));
    expect(await readFile(wheel, "utf8")).toContain("__init__.py");
  });

  it("breaks with the last words of a build that failed", async () => {
    const { root } = await small({
      "backend.py": "def build_wheel(*args):\n    raise ValueError('the mould is broken')\n",
    });
    await expect(wheelBuilder.build(await buildContext(root))).rejects.toMatchObject({
      kind: "tool-crash",
      details: { why: expect.stringContaining("the mould is broken") as unknown },
    });
  });

  it("builds in an environment of its own where something is missing, and says so", async () => {
    const missing = 'requires = ["towpath-nothing @ file:///nowhere/towpath_nothing-1-py3-none-any.whl"]';
    const { root } = await small({ "pyproject.toml": pyproject.replace("requires = []", missing) });
    const lines: string[] = [];
    const building = wheelBuilder.build(await buildContext(root, undefined, lines));
    await expect(building).rejects.toMatchObject({ kind: "tool-crash" });
    expect(lines.join()).toContain("in an environment of its own");
  });

  it("says how to get pip where the interpreter has none", async () => {
    const { root } = await small();
    const python = join(root, "bare", "bin", "python");
    await promisify(execFile)((await pythonEnv()).python, [
      "-m",
      "venv",
      "--without-pip",
      join(root, "bare"),
    ]);
    const component = { name: "foo", source: ["src/foo"], tests: [], python };
    await expect(wheelBuilder.build(await buildContext(root, component))).rejects.toMatchObject({
      kind: "tool-missing",
      details: { fix: [`${python} -m ensurepip`] },
    });
  });

  it("names what is missing where there is no project", async () => {
    const { root } = await project({ "src/foo/__init__.py": "" });
    await expect(wheelBuilder.build(await buildContext(root))).rejects.toMatchObject({
      kind: "tool-config",
      message: expect.stringContaining("pyproject.toml") as unknown,
    });
  });
});

const throttleComponent = { name: "throttle", source: ["src/throttle"], tests: ["tests"] };
