import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, renameSync, utimesSync, writeFileSync } from "node:fs";
import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { project, type Project } from "@towpath/testkit";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openIndex, type CodeIndex, type IndexRequest } from "./open-index.ts";

const files = { "a.py": "def a(): ...\n", "b/b.py": "class B: ...\n", "c.md": "# C\n" };
/** Long after the files were written, so that their times can be trusted. */
const later = (): number => Date.now() + 60_000;

function open({ root }: Project, setup: Partial<IndexRequest> = {}): Promise<CodeIndex> {
  const keptIn = join(root, ".towpath/cache/retriever-local/index");
  return openIndex({ root, files: Object.keys(files), keptIn, now: later, ...setup });
}

/** What was found, without stamps. */
function content({ entries }: CodeIndex): unknown {
  return entries.map(({ path, sha256, rows }) => [path, sha256, rows.toString()]);
}

describe("openIndex", () => {
  it("reads nothing a second time while nothing changes", async () => {
    const tree = await project(files);
    const first = await open(tree);
    expect([first.read, first.scanned, first.unkept]).toEqual([3, 3, undefined]);
    const second = await open(tree);
    expect(second.read).toBe(0);
    expect(content(second)).toEqual(content(first));
  });

  it("reads only the file that changed, though its size and time of change are as before", async () => {
    const tree = await project(files);
    await open(tree);
    const path = join(tree.root, "a.py");
    utimesSync(path, 1, 1);
    await open(tree);
    writeFileSync(path, "def b(): ...\n");
    utimesSync(path, 1, 1);
    const again = await open(tree);
    expect([again.read, again.scanned]).toEqual([1, 1]);
    expect(again.entries[0]?.rows.toString()).toContain("def b()");
  });

  it("trusts no time of a file that was changed just before it was read", async () => {
    const tree = await project(files);
    await open(tree, { now: Date.now });
    const again = await open(tree);
    expect([again.read, again.scanned]).toEqual([3, 0]);
    expect((await open(tree)).read).toBe(0);
  });

  it("scans no content twice: a file that was moved or touched is only read", async () => {
    const tree = await project(files);
    await open(tree);
    renameSync(join(tree.root, "a.py"), join(tree.root, "z.py"));
    utimesSync(join(tree.root, "c.md"), 5, 5);
    const again = await open(tree, { files: ["b/b.py", "c.md", "z.py"] });
    expect([again.read, again.scanned]).toEqual([2, 0]);
    expect(again.entries.map(({ path }) => path)).toEqual(["b/b.py", "c.md", "z.py"]);
  });

  it("forgets a file that is gone, also in what is kept", async () => {
    const tree = await project(files);
    await open(tree);
    await open(tree, { files: ["a.py"] });
    expect(readFileSync(join(tree.root, ".towpath/cache/retriever-local/index"), "utf8")).not.toContain(
      "b/b.py",
    );
  });

  it("reads everything again when what was kept is damaged anywhere", async () => {
    const tree = await project(files);
    const whole = content(await open(tree));
    const kept = join(tree.root, ".towpath/cache/retriever-local/index");
    const good = readFileSync(kept);
    await fc.assert(
      fc.asyncProperty(
        fc.nat(good.length - 1),
        fc.integer({ min: 1, max: 255 }),
        fc.boolean(),
        async (at, by, cut) => {
          const bad = Buffer.from(cut ? good.subarray(0, at) : good);
          if (!cut) bad[at] = (bad[at] ?? 0) ^ by;
          writeFileSync(kept, bad);
          const index = await open(tree);
          expect(index.read).toBe(3);
          expect(content(index)).toEqual(whole);
        },
      ),
      { numRuns: 60 },
    );
  });

  it.each([
    "",
    "{}",
    "towpath retriever-local 0\t0\t0\n",
    "towpath retriever-local 1\t0\t-1\n",
    "\0".repeat(500),
  ])("takes %j for no index", async (text) => {
    const tree = await project({ ...files, ".towpath/cache/retriever-local/index": text });
    expect((await open(tree)).read).toBe(3);
    expect((await open(tree)).read).toBe(0);
  });

  it("skips and counts what is no text of a sane size, and reads the rest", async () => {
    const tree = await project({
      ...files,
      "huge.py": Buffer.alloc(1_048_577, "#"),
      "binary.py": "x = 1\0",
      "latin.py": Buffer.from([0x23, 0xe9, 10]),
      "line.py": `x = ${"[".repeat(1_000_000)}`,
    });
    await symlink("/etc/passwd", join(tree.root, "out.py"));
    await symlink("loop.py", join(tree.root, "loop.py"));
    const odd = [
      "huge.py",
      "binary.py",
      "latin.py",
      "line.py",
      "out.py",
      "loop.py",
      "gone.py",
      "b",
      "a.py/x.py",
    ];
    const index = await open(tree, { files: [...Object.keys(files), ...odd] });
    expect(index.entries.map(({ path }) => path)).toEqual(["a.py", "b/b.py", "c.md", "line.py"]);
    expect(Object.fromEntries(index.skipped)).toEqual({
      "too large": 1,
      binary: 1,
      "not UTF-8": 1,
      link: 2,
      gone: 2,
      unreadable: 1,
    });
  });

  it("does not wait for a pipe in a file's place", async () => {
    const tree = await project(files);
    await ended("mkfifo", [join(tree.root, "pipe.py")]);
    const index = await open(tree, { files: ["pipe.py", "a.py"] });
    expect([...index.skipped]).toEqual([["unreadable", 1]]);
  });

  it("answers though it cannot keep the index, and says so", async () => {
    const tree = await project({ ...files, ".towpath": "a file in the folder's place" });
    const index = await open(tree);
    expect(index.entries).toHaveLength(3);
    expect(index.unkept).toBeInstanceOf(Error);
  });

  it("leaves no temporary files, and is whole for whoever reads, while others write", async () => {
    const tree = await project(files);
    const all = await Promise.all(
      Array.from({ length: 8 }, (_, index) => open(tree, index % 2 === 0 ? {} : { files: ["a.py"] })),
    );
    expect(all.every(({ unkept }) => unkept === undefined)).toBe(true);
    expect(readdirSync(join(tree.root, ".towpath/cache/retriever-local"))).toEqual(["index"]);
    expect((await open(tree)).entries).toHaveLength(3);
  });

  it("ends between two files when it is told to", async () => {
    const tree = await project(files);
    await expect(open(tree, { signal: AbortSignal.abort(new Error("stopped")) })).rejects.toThrow("stopped");
    expect(existsSync(join(tree.root, ".towpath"))).toBe(false);
  });
});

async function ended(program: string, args: readonly string[]): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    spawn(program, args)
      .on("error", reject)
      .on("exit", () => resolve());
  });
}
