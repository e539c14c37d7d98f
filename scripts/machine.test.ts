import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { checkNode, findPython } from "./machine.mjs";

const folder = mkdtempSync(join(tmpdir(), "towpath-machine-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A program that answers as a Python of this version would; its path has a space. */
function fakePython(version: readonly number[], venv = true): string {
  const path = join(folder, `python ${version.join(".")}${venv ? "" : " bare"}`);
  writeFileSync(path, `#!/bin/sh\ncat <<'END'\n${JSON.stringify({ version, path, venv })}\nEND\n`);
  chmodSync(path, 0o755);
  return path;
}

describe("checkNode", () => {
  it.each(["20.0.0", "22.18.0", "26.1.0"])("accepts %s", (version) => {
    expect(() => checkNode(version)).not.toThrow();
  });

  it.each(["18.20.4", "4.9.1"])("refuses %s and says what is needed", (version) => {
    expect(() => checkNode(version)).toThrow("needs Node 20 or newer");
  });
});

describe("findPython", () => {
  it("takes the first one that is new enough and can make environments", async () => {
    const [old, bare, good] = [fakePython([3, 10, 9]), fakePython([3, 12, 1], false), fakePython([3, 11, 0])];
    expect(await findPython([join(folder, "none"), old, bare, good, fakePython([3, 13, 0])])).toBe(good);
  });

  it("names those that it refused, and why", async () => {
    const search = findPython([fakePython([3, 10, 9]), fakePython([3, 12, 1], false)]);
    await expect(search).rejects.toThrow(/3\.10\.9.* is 3\.10\.9, and .*lacks the modules venv/u);
  });

  it("does not take a program that is no Python", async () => {
    await expect(findPython(["true", "false"])).rejects.toThrow("No usable Python was found");
  });

  it("finds the one of this machine", async () => {
    expect(await findPython()).toMatch(/python/u);
  });
});
