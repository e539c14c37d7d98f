import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { appendFile, chmod, mkdir, rm, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Exec, Workspace } from "@towpath/core";
import { describe, expect, it } from "vitest";
import { createExec } from "./exec.ts";
import { createRedactor } from "./redactor.ts";
import { script, tree } from "../test/testing.ts";
import { createWorkspace } from "./workspace.ts";

const env = { PATH: process.env["PATH"], HOME: "/nonexistent" };

function git(root: string, ...args: string[]): void {
  execFileSync("git", ["-c", "user.name=x", "-c", "user.email=x@x", ...args], { cwd: root, stdio: "ignore" });
}

function open(root: string, exec: Exec = createExec({ root, runId: "r", env })): Promise<Workspace> {
  return createWorkspace(root, exec);
}

async function files(root: string, ...paths: string[]): Promise<readonly string[]> {
  return (await (await open(root)).list(paths)).files;
}

const sources = { "src/a.py": "a", "src/b c.py": "b", "src/ü.py": "u", "src/.hidden.py": "h", "one.py": "1" };

describe.each(["git", "no git"])("list, %s", (kind) => {
  const setUp = async (more: Record<string, string> = {}): Promise<string> => {
    const root = await tree({ ...sources, ...more });
    if (kind === "git") git(root, "init", "-q");
    return root;
  };

  it("names the files below the paths, sorted and each once", async () => {
    const root = await setUp();
    const all = ["src/.hidden.py", "src/a.py", "src/b c.py", "src/ü.py"];
    expect(await files(root, "src")).toEqual(all);
    expect(await files(root, "src/", "./src", "src/a.py", join(root, "src"))).toEqual(all);
    expect(await files(root, "one.py", "src/a.py")).toEqual(["one.py", "src/a.py"]);
    expect(await files(root, ".")).toEqual(["one.py", ...all]);
  });

  it("names what does not exist", async () => {
    const root = await setUp();
    const { list } = await open(root);
    expect(await list(["src/a.py", "none", "src/none.py"])).toEqual({
      files: ["src/a.py"],
      missing: ["none", "src/none.py"],
    });
    expect(await list(["none"])).toEqual({ files: [], missing: ["none"] });
    expect(await list([])).toEqual({ files: [], missing: [] });
  });

  it("S9: a path is a path, whatever characters it has", async () => {
    const names = ["-rf", "@x", ":(glob)*", "*", "[a]", "?", "a\nb", "$(id)", "'\""];
    const root = await setUp(Object.fromEntries(names.map((name) => [`${name}/f.py`, ""])));
    for (const name of names) expect(await files(root, name)).toEqual([`${name}/f.py`]);
  });

  it("S8: links that lead outside are left out, links inside are kept", async () => {
    const outside = await tree({ "secret.py": "", "folder/x.py": "" });
    const root = await setUp();
    await symlink(join(outside, "secret.py"), join(root, "src/leak.py"));
    await symlink(join(outside, "folder"), join(root, "src/leaks"));
    await symlink("a.py", join(root, "src/same.py"));
    await symlink("none.py", join(root, "src/dangling.py"));
    await symlink("../src", join(root, "src/round"));
    expect(await files(root, "src")).toEqual([
      "src/.hidden.py",
      "src/a.py",
      "src/b c.py",
      "src/same.py",
      "src/ü.py",
    ]);
  });

  it("S8: a path that is a link to a folder inside stands for that folder", async () => {
    const root = await setUp();
    await symlink("src", join(root, "alias"));
    expect(await files(root, "alias")).toEqual(await files(root, "src"));
  });

  it("S7: a path outside the tree is refused", async () => {
    const { list } = await open(await setUp());
    await expect(list(["../x"])).rejects.toMatchObject({ data: { code: "TP1005" } });
  });

  it("our own files and git's are no candidates", async () => {
    const root = await setUp({ ".towpath/cache/tools.json": "{}", ".towpath/x.py": "" });
    expect(await files(root, ".")).toEqual([
      "one.py",
      "src/.hidden.py",
      "src/a.py",
      "src/b c.py",
      "src/ü.py",
    ]);
  });
});

describe("list, by git", () => {
  it("has tracked and untracked files, without ignored and deleted ones", async () => {
    const root = await tree({
      ...sources,
      ".gitignore": "*.log\nsrc/gen/\n",
      "src/x.log": "",
      "src/gen/g.py": "",
    });
    git(root, "init", "-q");
    git(root, "add", "-A");
    git(root, "commit", "-q", "-m", "x");
    await rm(join(root, "src/a.py"));
    await writeFile(join(root, "src/new.py"), "");
    expect(await files(root, "src")).toEqual(["src/.hidden.py", "src/b c.py", "src/new.py", "src/ü.py"]);
  });

  it("works below the root of the repository, with its rules", async () => {
    const outer = await tree({
      ".gitignore": "*.log\n",
      "app/src/a.py": "",
      "app/src/x.log": "",
      "other/b.py": "",
    });
    git(outer, "init", "-q");
    expect(await files(join(outer, "app"), "src")).toEqual(["src/a.py"]);
    expect(await files(join(outer, "app"), ".")).toEqual(["src/a.py"]);
  });

  it("a repository above that ignores the tree does not hide it", async () => {
    const outer = await tree({ ".gitignore": "app/\n", "app/src/a.py": "", "app/node_modules/x.py": "" });
    git(outer, "init", "-q");
    expect(await files(join(outer, "app"), ".")).toEqual(["src/a.py"]);
  });

  it("S19: nothing that the repository configures is run", async () => {
    const root = await tree(sources);
    git(root, "init", "-q");
    const hook = await script(root, "evil", `#!/bin/sh\ntouch ${join(root, "ran")}\n`);
    git(root, "config", "core.fsmonitor", hook);
    git(root, "config", "core.hooksPath", root);
    expect(await files(root, "src/a.py")).toEqual(["src/a.py"]);
    await expect(stat(join(root, "ran"))).rejects.toThrow("ENOENT");
  });

  it("a name that cannot be told is breakage, not a file left out", async () => {
    const root = await tree({ "src/bearer.py": "", "src/a.py": "" });
    git(root, "init", "-q");
    const { redact } = createRedactor({ AUTH_TYPE: "bearer" });
    const { list, forget } = await open(root, createExec({ root, runId: "r", env, redact }));
    await expect(list(["src"])).rejects.toMatchObject({ kind: "environment" });
    await rm(join(root, "src/bearer.py"));
    forget?.();
    expect((await list(["src"])).files).toEqual(["src/a.py"]);
    await writeFile(
      Buffer.concat([Buffer.from(join(root, "src")), Buffer.from([0x2f, 0xff, 0x2e, 0x70, 0x79])]),
      "",
    );
    forget?.();
    await expect(list(["src"])).rejects.toMatchObject({ kind: "environment" });
  });

  it("asks git once until it is told to forget", async () => {
    const root = await tree(sources);
    git(root, "init", "-q");
    const { list, forget } = await open(root);
    const before = (await list(["src"])).files;
    await writeFile(join(root, "src/new.py"), "");
    expect((await list(["src"])).files).toEqual(before);
    forget?.();
    expect((await list(["src"])).files).toEqual([...before, "src/new.py"].toSorted());
  });

  it("a broken index is breakage", async () => {
    const root = await tree(sources);
    git(root, "init", "-q");
    await writeFile(join(root, ".git/index"), "garbage");
    await expect((await open(root)).list(["src"])).rejects.toMatchObject({ kind: "environment" });
  });
});

describe("list, without git", () => {
  it("leaves out environments, dependencies and caches", async () => {
    const junk = [
      ".venv",
      "venv",
      "node_modules",
      "__pycache__",
      "foo.egg-info",
      ".mypy_cache",
      ".pytest_cache",
      ".tox",
    ];
    const nested = Object.fromEntries(
      junk.flatMap((name) => [
        [`${name}/x.py`, ""],
        [`src/${name}/y.py`, ""],
      ]),
    );
    const root = await tree({ ...nested, "src/a.py": "", "src/venv_tools/b.py": "" });
    expect(await files(root, ".")).toEqual(["src/a.py", "src/venv_tools/b.py"]);
    expect(await files(root, "src")).toEqual(["src/a.py", "src/venv_tools/b.py"]);
  });

  it("a path that is named is looked at, whatever it is called", async () => {
    expect(await files(await tree({ "build/a.py": "" }), "build")).toEqual(["build/a.py"]);
  });

  it("is the way where git is not installed", async () => {
    const root = await tree({ "src/a.py": "" });
    const { list } = await open(root, createExec({ root, runId: "r", env: { PATH: root } }));
    expect((await list(["src"])).files).toEqual(["src/a.py"]);
  });
});

describe("digest", () => {
  const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

  it("is sha256 over the sorted names and the sha256 of each content", async () => {
    const root = await tree(sources);
    const { digest } = await open(root);
    const lines = `["one.py","${sha256("1")}"]\n["src/a.py","${sha256("a")}"]\n`;
    expect(await digest(["src/a.py", "one.py", "src/a.py"])).toBe(sha256(lines));
  });

  it("changes with a byte, a name, and the presence of a file; not with times and who may read it", async () => {
    const root = await tree({ ...sources, "big.bin": new Uint8Array(300_000) });
    const { digest } = await open(root);
    const names = ["src/a.py", "one.py", "big.bin"];
    const first = await digest(names);
    await chmod(join(root, "one.py"), 0o600);
    expect(await digest(names.toReversed())).toBe(first);
    await chmod(join(root, "one.py"), 0o700);
    const executable = await digest(names);
    await chmod(join(root, "one.py"), 0o600);
    const seen = new Set([
      first,
      executable,
      await digest(["src/a.py", "one.py"]),
      await digest(["src/b c.py", "one.py", "big.bin"]),
    ]);
    await appendFile(join(root, "big.bin"), "x");
    seen.add(await digest(names));
    await rm(join(root, "one.py"));
    seen.add(await digest(names));
    await writeFile(join(root, "one.py"), "");
    seen.add(await digest(names));
    expect(seen.size).toBe(7);
  });

  it("R29: a pipe or folder in a file's place counts as gone, and is not waited for", async () => {
    const root = await tree({ "src/a.py": "" });
    const { digest } = await open(root);
    const gone = await digest(["x"]);
    execFileSync("mkfifo", [join(root, "x")]);
    expect(await digest(["x"])).toBe(gone);
    await rm(join(root, "x"));
    await mkdir(join(root, "x"));
    expect(await digest(["x"])).toBe(gone);
  });
});
