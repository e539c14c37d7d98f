import { mkdir, readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { project } from "@towpath/testkit";
import { describe, expect, it, onTestFinished } from "vitest";
import { applyChanges } from "./apply.ts";
import type { Change } from "./changes.ts";
import { stateOf } from "./file-state.ts";

async function tree(): Promise<string> {
  const made = await project({ "src/a.py": "a = 1\n", "src/b.py": "b = 1\n" });
  onTestFinished(() => made.remove());
  return made.root;
}

async function change(root: string, path: string, text: string | undefined): Promise<Change> {
  const before = await stateOf(root, path);
  const bytes = Buffer.from(text ?? "");
  const after = {
    kind: "file",
    digest: "",
    size: bytes.length,
    executable: false,
    mode: 0o644,
    bytes,
  } as const;
  return {
    path,
    beforeText: "",
    ...(before === undefined ? {} : { before }),
    ...(text === undefined ? {} : { after }),
  };
}

const read = (root: string, path: string): Promise<string> => readFile(join(root, path), "utf8");

describe("applying", () => {
  it("changes, makes and removes files, and leaves no half of one", async () => {
    const root = await tree();
    const changes = [
      await change(root, "src/a.py", "a = 2\n"),
      await change(root, "src/b.py", undefined),
      await change(root, "src/new/c.py", "c = 1\n"),
    ];
    await applyChanges(root, changes);
    expect([await read(root, "src/a.py"), await read(root, "src/new/c.py")]).toEqual(["a = 2\n", "c = 1\n"]);
    expect(await readdir(join(root, "src"))).toEqual(["a.py", "new"]);
    expect((await stat(join(root, "src/new/c.py"))).mode & 0o777).toBe(0o644);
  });

  it.each([
    ["was edited", (root: string) => writeFile(join(root, "src/b.py"), "by hand\n"), "src/b.py"],
    ["was made", (root: string) => writeFile(join(root, "src/c.py"), "by hand\n"), "src/c.py"],
  ])("is refused as a whole when a file %s meanwhile, and that edit stays", async (_, edit, path) => {
    const root = await tree();
    const changes = [
      await change(root, "src/a.py", "a = 2\n"),
      await change(root, "src/b.py", "b = 2\n"),
      await change(root, "src/c.py", "c = 2\n"),
    ];
    await edit(root);
    await expect(applyChanges(root, changes)).rejects.toMatchObject({
      kind: "mismatch",
      details: { where: [path] },
    });
    expect(await read(root, "src/a.py")).toBe("a = 1\n");
    expect(await read(root, path)).toBe("by hand\n");
  });

  it("is taken back when a later file cannot be written", async () => {
    const root = await tree();
    const changes = [
      await change(root, "src/a.py", "a = 2\n"),
      await change(root, "src/b.py", undefined),
      await change(root, "src/new.py", "new = 1\n"),
      // Its folder is a file.
      await change(root, "src/a.py/c.py", "c = 1\n"),
    ];
    await expect(applyChanges(root, changes)).rejects.toThrow(/ENOTDIR|EEXIST/);
    expect([await read(root, "src/a.py"), await read(root, "src/b.py")]).toEqual(["a = 1\n", "b = 1\n"]);
    expect(await readdir(join(root, "src"))).toEqual(["a.py", "b.py"]);
  });

  it("does not follow a folder out of the repository", async () => {
    const root = await tree();
    const elsewhere = await tree();
    const changes = [await change(root, "src/out/c.py", "c = 1\n")];
    await mkdir(join(root, "src"), { recursive: true });
    await symlink(join(elsewhere, "src"), join(root, "src/out"));
    await expect(applyChanges(root, changes)).rejects.toMatchObject({ isTowpathError: true });
    expect(await readdir(join(elsewhere, "src"))).toEqual(["a.py", "b.py"]);
  });
});
