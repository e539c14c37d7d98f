import { stat } from "node:fs/promises";
import { join } from "node:path";
import { project } from "@towpath/testkit";
import { expect, it } from "vitest";
import { makeFolder } from "./make-folder.ts";

it("makes what is missing, also when two make it at once, and again", async () => {
  const { root } = await project({});
  const path = join(root, "a/b/c");
  await Promise.all([makeFolder(path), makeFolder(path)]);
  await makeFolder(path);
  expect((await stat(path)).isDirectory()).toBe(true);
});

it.each(["/proc/nope/deeper", "/dev/null/deeper"])("says that it cannot make %s, and ends", async (path) => {
  await expect(makeFolder(path)).rejects.toThrow(/ENOENT|ENOTDIR|EEXIST|EACCES|EPERM/);
});
