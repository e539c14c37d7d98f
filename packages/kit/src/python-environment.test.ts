import { mkdir, rename, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { digestOf, isBreakage } from "@towpath/core";
import { describe, expect, it } from "vitest";
import { context, script, tree } from "../test/testing.ts";
import { pythonEnvironment, toolIdentity } from "./python-environment.ts";
import type { Tool } from "./tool.ts";

const at = (command: string, version = "3.11.7"): Tool => ({
  command,
  args: [],
  info: { name: "python", version, path: command, via: "venv" },
});

const packages = "venv/lib/python3.11/site-packages";

/** A virtual environment with two distributions, one of them installed from a folder. */
async function venv(settings = "home = /nowhere/bin\n"): Promise<{ root: string; digest(): string }> {
  const root = await tree({
    "venv/pyvenv.cfg": settings,
    [`${packages}/pytest-9.2.0.dist-info/METADATA`]: "",
    [`${packages}/pytest/__init__.py`]: "",
    [`${packages}/mine-0.1.dist-info/direct_url.json`]: "{}",
    [`${packages}/__editable__.mine-0.1.pth`]: "/one\n",
  });
  const python = at(await script(root, "venv/bin/python", "#!/bin/sh\n"));
  return { root, digest: () => digestOf(pythonEnvironment(context({ root, env: {} }), python)) };
}

describe("pythonEnvironment", () => {
  it("is the same while nothing is installed, however the tool was found", async () => {
    const { root, digest } = await venv();
    const before = digest();
    await writeFile(join(root, packages, "pytest/__init__.py"), "import os\n");
    await mkdir(join(root, packages, "__pycache__"));
    expect(digest()).toBe(before);
    const found = at(join(root, "venv/bin/python"));
    const again = { ...found, info: { ...found.info, via: "environment" } };
    expect(digestOf(pythonEnvironment(context({ root, env: {} }), again))).toBe(before);
  });

  it.each<[string, (folder: string) => Promise<unknown>]>([
    ["is added", (folder) => mkdir(join(folder, "coverage-7.17.3.dist-info"))],
    ["is removed", (folder) => rm(join(folder, "pytest-9.2.0.dist-info"), { recursive: true })],
    [
      "is upgraded",
      (folder) => rename(join(folder, "pytest-9.2.0.dist-info"), join(folder, "pytest-9.2.1.dist-info")),
    ],
    [
      "is installed again from its folder",
      (folder) => utimes(join(folder, "mine-0.1.dist-info/direct_url.json"), 1, 1),
    ],
    ["leads to another folder", (folder) => writeFile(join(folder, "__editable__.mine-0.1.pth"), "/two\n")],
    ["is added in the old form", (folder) => writeFile(join(folder, "six-1.16.egg-info"), "")],
  ])("changes when a distribution %s", async (_, change) => {
    const { root, digest } = await venv();
    const before = digest();
    await change(join(root, packages));
    expect(digest()).not.toBe(before);
  });

  it("does not know what changes behind a folder outside of the repository, unless it is one of packages", async () => {
    const { root, digest } = await venv();
    const away = await tree({ "code/mine.py": "" });
    const before = digest();
    await writeFile(join(root, packages, "away.pth"), `${join(away, "code")}\n`);
    expect(digest).toThrow(/nobody can say what changes there/);
    await mkdir(join(away, "code/six-1.16.dist-info"));
    const shared = digest();
    expect(shared).not.toBe(before);
    await mkdir(join(away, "code/acme-1.0.dist-info"));
    expect(digest()).not.toBe(shared);
    // Two that lead to each other are read once.
    const other = await tree({ "six-1.16.dist-info/METADATA": "", "back.pth": `${join(away, "code")}\n` });
    await writeFile(join(away, "code/there.pth"), `${other}\n`);
    expect(digest()).toBe(digest());
    await rm(join(root, packages, "away.pth"));
    const finder = `MAPPING = {'mine': '${join(await tree({ "mine/a.py": "" }), "mine")}'}\n`;
    await writeFile(join(root, packages, "__editable___mine_finder.py"), finder);
    expect(digest).toThrow(/nobody can say what changes there/);
  });

  it("changes with the version of the tool", async () => {
    const { root } = await venv();
    const ctx = context({ root, env: {} });
    const command = join(root, "venv/bin/python");
    expect(digestOf(pythonEnvironment(ctx, at(command, "3.11.8")))).not.toBe(
      digestOf(pythonEnvironment(ctx, at(command))),
    );
  });

  it.each([
    ["sees what the system has where a virtual environment is open to it", "true", true],
    ["does not where it is closed", "false", false],
  ])("%s", async (_, open, seen) => {
    const system = await tree({ "usr/lib/python3/dist-packages/numpy-1.dist-info/METADATA": "" });
    const { digest } = await venv(
      `home = ${join(system, "usr/bin")}\ninclude-system-site-packages = ${open}\n`,
    );
    const before = digest();
    await mkdir(join(system, "usr/lib/python3/dist-packages/scipy-1.dist-info"));
    expect(digest() !== before).toBe(seen);
  });

  it("finds the environment of a script that a link leads to", async () => {
    const { root } = await venv();
    const bin = await tree();
    await symlink(await script(root, "venv/bin/bandit", "#!/bin/sh\n"), join(bin, "bandit"));
    const found = pythonEnvironment(context({ root, env: {} }), at(join(bin, "bandit")));
    expect(Object.keys(found.packages)).toEqual([join(root, packages)]);
  });

  it("sees what a user has installed for an interpreter of the system, and lists a linked folder once", async () => {
    const root = await tree({
      "usr/lib/python3.11/site-packages/a-1.dist-info/METADATA": "",
      "home/.local/lib/python3.11/site-packages/b-1.dist-info/METADATA": "",
    });
    await symlink("lib", join(root, "usr/lib64"));
    const python = at(await script(root, "usr/bin/python3", "#!/bin/sh\n"));
    const found = pythonEnvironment(context({ root, env: { HOME: join(root, "home") } }), python);
    expect(Object.values(found.packages)).toEqual([["a-1.dist-info"], ["b-1.dist-info"]]);
  });

  it.each([
    ["a program beside which there are no packages", []],
    ["a package manager, which chooses the environment itself", ["run", "python"]],
  ])("cannot say for %s", async (_, args) => {
    const root = await tree({ "lib/.keep": "" });
    if (args.length > 0) await mkdir(join(root, "lib/python3.11/site-packages"), { recursive: true });
    const program = { ...at(await script(root, "bin/program", "#!/bin/sh\n")), args };
    const asked = (): unknown => pythonEnvironment(context({ root, env: {} }), program);
    expect(asked).toThrow(expect.toSatisfy((error) => isBreakage(error) && error.kind === "environment"));
  });
});

it("toolIdentity does not depend on how a tool was found", () => {
  const { info } = at("/bin/python");
  expect(toolIdentity(info)).toEqual(toolIdentity({ ...info, via: "path" }));
  expect(toolIdentity(info)).not.toEqual(toolIdentity({ ...info, engine: "wasm" }));
});
