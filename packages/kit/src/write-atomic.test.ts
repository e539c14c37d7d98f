import { readdir, readFile, stat, symlink } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { tree } from "../test/testing.ts";
import { writeAtomic } from "./write-atomic.ts";

it("writes text and bytes, for the owner alone, and leaves nothing else behind", async () => {
  const root = await tree({ old: "old" });
  await writeAtomic(join(root, "old"), "new");
  await writeAtomic(join(root, "bytes"), new Uint8Array([1, 2]));
  expect(await readFile(join(root, "old"), "utf8")).toBe("new");
  expect([...(await readFile(join(root, "bytes")))]).toEqual([1, 2]);
  expect((await stat(join(root, "old"))).mode & 0o777).toBe(0o600);
  expect(await readdir(root)).toEqual(["bytes", "old"]);
});

it("S8: replaces a link and never writes through it", async () => {
  const root = await tree({ target: "safe" });
  await symlink("target", join(root, "link"));
  await writeAtomic(join(root, "link"), "mine");
  expect(await readFile(join(root, "target"), "utf8")).toBe("safe");
  expect(await readFile(join(root, "link"), "utf8")).toBe("mine");
});

it("R7: a write that fails leaves the old file and no other", async () => {
  const root = await tree({ "folder/x": "" });
  await expect(writeAtomic(join(root, "folder"), "text")).rejects.toThrow(/EISDIR|ENOTEMPTY|EEXIST/);
  await expect(writeAtomic(join(root, "none/file"), "text")).rejects.toThrow("ENOENT");
  expect(await readdir(root)).toEqual(["folder"]);
});

it("R7: a reader sees the old or the new text, never a part", async () => {
  const root = await tree({ file: "a".repeat(100_000) });
  const path = join(root, "file");
  for (const letter of "bcdefghij") {
    const writing = writeAtomic(path, letter.repeat(100_000));
    const seen = await Promise.all(Array.from({ length: 8 }, () => readFile(path, "utf8")));
    expect(seen.filter((text) => !/^(\w)\1{99999}$/.test(text))).toEqual([]);
    await writing;
  }
});
