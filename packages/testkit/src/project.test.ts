import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { project } from "./project.ts";

it("holds the given files, bytes included, below a root of its own", async () => {
  const bytes = new Uint8Array([0xff, 0x00, 0xfe]);
  const [one, two] = await Promise.all([project({ "src/foo/a.py": "x = 1\n", "b.bin": bytes }), project({})]);
  expect(readFileSync(join(one.root, "src/foo/a.py"), "utf8")).toBe("x = 1\n");
  expect(new Uint8Array(readFileSync(join(one.root, "b.bin")))).toEqual(bytes);
  expect(two.root).not.toBe(one.root);
});

it("writes later and removes itself", async () => {
  const made = await project({});
  await made.write("deep/er/file.txt", "late");
  expect(readFileSync(join(made.root, "deep/er/file.txt"), "utf8")).toBe("late");
  await made.remove();
  expect(existsSync(made.root)).toBe(false);
});

it("is a git repository with everything committed, if asked", async () => {
  const { root } = await project({ "a.py": "x = 1\n" }, { git: true });
  expect(execFileSync("git", ["ls-files"], { cwd: root, encoding: "utf8" })).toBe("a.py\n");
  expect(execFileSync("git", ["status", "--porcelain"], { cwd: root, encoding: "utf8" })).toBe("");
});

it("is gone when the process that made it ends", () => {
  const code = `
    const { project } = await import(${JSON.stringify(new URL("./project.ts", import.meta.url).href)});
    process.stdout.write((await project({ "a.txt": "x" })).root);
  `;
  const ended = spawnSync(process.execPath, ["--input-type=module", "-e", code], { encoding: "utf8" });
  expect(ended.stderr).toBe("");
  expect(ended.stdout).toMatch(/towpath-project-/);
  expect(existsSync(ended.stdout)).toBe(false);
});
