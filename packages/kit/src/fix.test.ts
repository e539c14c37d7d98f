import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { fixAndDiff } from "./fix.ts";
import { context, tree, until } from "../test/testing.ts";

const files = ["src/a.py", "src/b.py", "src/ü x.py"];

type Put = (name: string, text: string | Uint8Array) => Promise<void>;

async function setUp(): Promise<{
  root: string;
  texts: () => Promise<string[]>;
  put: Put;
}> {
  const root = await tree(Object.fromEntries(files.map((file) => [file, `import os\n\n${file}\n`])));
  return {
    root,
    texts: () => Promise.all(files.map((file) => readFile(join(root, file), "utf8"))),
    put: (name, text) => writeFile(join(root, name), text),
  };
}

describe("fixAndDiff", () => {
  it("says which files changed; the patch in reverse gives them back", async () => {
    const { root, texts, put } = await setUp();
    const before = await texts();
    const { files: changed, patch } = await fixAndDiff(context({ root }), files, async () => {
      await put("src/a.py", "fixed\n");
      await put("src/ü x.py", "import sys\n\nsrc/ü x.py\n");
    });
    expect(changed).toEqual(["src/a.py", "src/ü x.py"]);
    expect(patch).toContain("-import os\n+import sys\n");
    execFileSync("git", ["apply", "--reverse", "-"], { cwd: root, input: patch, stdio: "pipe" });
    expect(await texts()).toEqual(before);
  });

  it("a fix that changes nothing has an empty patch", async () => {
    const { root } = await setUp();
    expect(await fixAndDiff(context({ root }), files, async () => {})).toEqual({ files: [], patch: "" });
  });

  it.each<[string, string, (put: Put, root: string) => Promise<void>]>([
    ["throws", "crash", (put) => put("src/a.py", "half").then(() => Promise.reject(new Error("crash")))],
    [
      "removes a file",
      "the fix removed src/b.py",
      (put, root) => put("src/a.py", "half").then(() => rm(join(root, "src/b.py"))),
    ],
    ["writes no text", "which is no UTF-8 text", (put) => put("src/b.py", new Uint8Array([0xff]))],
  ])("R30: all files get their old contents back when the fix %s", async (_, message, apply) => {
    const { root, texts, put } = await setUp();
    const before = await texts();
    await expect(fixAndDiff(context({ root }), files, () => apply(put, root))).rejects.toThrow(message);
    expect(await texts()).toEqual(before);
  });

  it("R30: puts back what a process that died left half fixed, and fixes anew", async () => {
    const { root, texts, put } = await setUp();
    const before = await texts();
    const died = new Promise<never>(() => {});
    const first = context({ root });
    void fixAndDiff(first, files, async () => {
      await put("src/a.py", "half");
      await died;
    });
    await until(
      "the fix has begun",
      () => existsSync(join(root, "src/a.py")) && readFileSync(join(root, "src/a.py"), "utf8") === "half",
    );
    const { files: changed } = await fixAndDiff(context({ root }), files, async () => {
      expect(await texts()).toEqual(before);
      await put("src/b.py", "fixed\n");
    });
    expect(changed).toEqual(["src/b.py"]);
    expect(await readFile(join(root, "src/a.py"), "utf8")).toBe(before[0]);
  });

  it("R30: restoring keeps the mode of a file", async () => {
    const { root, put } = await setUp();
    const path = join(root, "src/a.py");
    execFileSync("chmod", ["755", path]);
    await expect(
      fixAndDiff(context({ root }), files, async () =>
        put("src/a.py", "x").then(() => Promise.reject(new Error("crash"))),
      ),
    ).rejects.toThrow("crash");
    expect((await stat(path)).mode & 0o777).toBe(0o755);
  });
});
