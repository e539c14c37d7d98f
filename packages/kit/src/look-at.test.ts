import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { GateContext, GateEnvironment } from "@towpath/core";
import { describe, expect, it } from "vitest";
import { context, script, tree, type ContextSetup } from "../test/testing.ts";
import { createExec } from "./exec.ts";
import { lookAt } from "./look-at.ts";
import { createWorkspace } from "./workspace.ts";

async function looking(setup: Omit<ContextSetup, "workspace">): Promise<GateContext> {
  const exec = createExec({ root: setup.root, runId: "test", env: process.env });
  return context({ env: {}, ...setup, workspace: await createWorkspace(setup.root, exec) });
}

const tool = { name: "acme", install: "install acme" };

describe("lookAt", () => {
  it.each<[string, GateEnvironment, (root: string) => Promise<unknown>]>([
    ["a file's content", { files: ["base.toml"] }, (root) => writeFile(join(root, "base.toml"), "x")],
    ["a file that appears", { files: ["new.toml"] }, (root) => writeFile(join(root, "new.toml"), "")],
    [
      "a file outside of the repository",
      { files: ["../outside.toml"] },
      (root) => writeFile(join(root, "../outside.toml"), "x"),
    ],
    [
      "a listed file",
      { listed: [{ paths: ["examples"], suffixes: [".py"] }] },
      (root) => writeFile(join(root, "examples/a.py"), "x"),
    ],
    [
      "a listed file that appears",
      { listed: [{ paths: ["README.md", "examples"] }] },
      (root) => writeFile(join(root, "README.md"), ""),
    ],
    [
      "a place that begins to lead outside",
      { listed: [{ paths: ["README.md"] }] },
      (root) => symlink("/etc/hosts", join(root, "README.md")),
    ],
    ["a tool that appears", { tools: [{ ...tool, optional: true }] }, (root) => ruff(root)],
  ])("sees %s", async (_, environment, change) => {
    const outer = await tree({ "repo/base.toml": "", "repo/examples/a.py": "", "outside.toml": "" });
    const root = join(outer, "repo");
    const look = async (): Promise<unknown> =>
      lookAt(environment, await looking({ root, env: { PATH: join(root, "bin") } }));
    const before = await look();
    expect(await look()).toEqual(before);
    await change(root);
    expect(await look()).not.toEqual(before);
  });

  const ruff = (root: string): Promise<string> => script(root, "bin/acme", "#!/bin/sh\necho acme 1.0\n");

  it("does not see what does not count", async () => {
    const root = await tree({ "examples/a.py": "", "examples/a.txt": "" });
    const listed = [{ paths: ["examples"], suffixes: [".py"] }];
    const before = await lookAt({ listed }, await looking({ root }));
    await writeFile(join(root, "examples/a.txt"), "x");
    expect(await lookAt({ listed }, await looking({ root }))).toEqual(before);
  });

  it("takes no tool for absent that is asked for by name, or that the gate cannot do without", async () => {
    const root = await tree();
    const ask = async (changes: object, env: Record<string, string> = {}): Promise<unknown> =>
      lookAt({ tools: [{ ...tool, ...changes }] }, await looking({ root, env }));
    expect(await ask({ optional: true })).toMatchObject({ tools: [{ absent: "tool-missing" }] });
    await expect(ask({})).rejects.toMatchObject({ kind: "tool-missing" });
    await expect(ask({ optional: true, command: "acme2" })).rejects.toMatchObject({ kind: "tool-missing" });
    await expect(ask({ optional: true }, { TOWPATH_ACME: "/nowhere" })).rejects.toMatchObject({
      kind: "tool-missing",
    });
  });

  it.each(["TZ", "LANG", "HOME", "PATH"])("sees what every process inherits: %s", async (name) => {
    const root = await tree();
    const look = async (env: Record<string, string>): Promise<unknown> =>
      lookAt({}, await looking({ root, env }));
    const before = await look({ [name]: "/one", OTHER: "1" });
    expect(await look({ [name]: "/two", OTHER: "1" })).not.toEqual(before);
    expect(await look({ [name]: "/one", OTHER: "2" })).toEqual(before);
  });

  it("sees another script of the same version", async () => {
    const root = await tree();
    const look = async (): Promise<unknown> =>
      lookAt({ tools: [tool] }, await looking({ root, env: { PATH: join(root, "bin") } }));
    await script(root, "bin/acme", "#!/bin/sh\necho acme 1.0\n");
    const before = await look();
    await script(root, "bin/acme", "#!/bin/sh\n# other options\necho acme 1.0\n");
    expect(await look()).not.toEqual(before);
  });

  it("keeps digests of variables and not their values", async () => {
    const root = await tree();
    const look = async (env: Record<string, string>): Promise<string> =>
      JSON.stringify(await lookAt({ variables: ["TOKEN"] }, await looking({ root, env })));
    expect(await look({ TOKEN: "hunter2" })).not.toContain("hunter2");
    const seen = [await look({}), await look({ TOKEN: "" }), await look({ TOKEN: "hunter2" })];
    expect(new Set(seen).size).toBe(3);
  });

  it("counts what is installed for a Python program, and for the component's Python, where that is asked", async () => {
    const root = await tree({ "venv/pyvenv.cfg": "home = /nowhere\n" });
    const site = join(root, "venv/lib/python3.11/site-packages");
    await mkdir(join(site, "acme-1.0.dist-info"), { recursive: true });
    await script(root, "venv/bin/python", "#!/bin/sh\necho Python 3.11.7\n");
    await script(root, "venv/bin/acme", "#!/bin/sh\necho acme 1.0\n");
    const kinds: readonly GateEnvironment[] = [
      { python: "interpreter" },
      { tools: [tool] },
      { python: "packages" },
      { tools: [{ ...tool, packages: true }] },
    ];
    const look = async (): Promise<readonly string[]> => {
      const ctx = await looking({ root, env: { VIRTUAL_ENV: join(root, "venv") } });
      return Promise.all(kinds.map(async (kind) => JSON.stringify(await lookAt(kind, ctx))));
    };
    const before = await look();
    await mkdir(join(site, "six-1.16.dist-info"));
    const after = await look();
    expect(after.map((one, index) => one === before[index])).toEqual([true, true, false, false]);
    await rm(join(site, "six-1.16.dist-info"), { recursive: true });
    expect(await look()).toEqual(before);
  });
});
