import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { files, play } from "../test/working.ts";

/** Every file and link of a tree, but for git's own, as text. */
function snapshot(root: string, folder = ""): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of readdirSync(join(root, folder))) {
    const path = folder === "" ? name : `${folder}/${name}`;
    if (path === ".git") continue;
    const stats = lstatSync(join(root, path));
    if (stats.isDirectory()) Object.assign(found, snapshot(root, path));
    else
      found[path] = stats.isSymbolicLink()
        ? `-> ${readlinkSync(join(root, path))}`
        : readFileSync(join(root, path), "utf8");
  }
  return found;
}

/** What a program may do in its copy, carried out by the command of the test. */
const program = `
const fs = require("node:fs"), path = require("node:path");
for (const [deed, target, text] of JSON.parse(process.argv[1])) {
  try {
    fs.mkdirSync(path.dirname(target), { recursive: true });
    if (deed === "write") fs.writeFileSync(target, text);
    if (deed === "add") fs.appendFileSync(target, text);
    if (deed === "remove") fs.rmSync(target, { recursive: true });
    if (deed === "link") fs.symlinkSync(text, target);
    if (deed === "mode") fs.chmodSync(target, 0o755);
  } catch {}
}`;

const place = fc.constantFrom(
  ...Object.keys(files),
  "src/foo/new.py",
  "src/foo/deep/er.py",
  "src/foo/conftest.py",
  "src/foo",
  "tests/test_new.py",
  "tests/conftest.py",
  "src/other/new.py",
  "new.txt",
  "debug.log",
  "../beside.txt",
);
const text = fc.constantFrom(
  "x = 1\n",
  "y = 2  # noqa\n",
  "import pytest\npytest.skip('no')\n",
  "# plain\n",
  "",
  "../../README.md",
  "\u0000",
);
const deed = fc.tuple(fc.constantFrom("write", "add", "remove", "link", "mode"), place, text);
const mayChange = /^src\/foo\/(?!.*conftest)|^tests\/test_new\.py$/;

it("property: whatever is done in the copy, the repository gets what is allowed, or nothing", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(deed, { minLength: 1, maxLength: 5 }), async (deeds) => {
      const round = await play({ command: [process.execPath, "-e", program, JSON.stringify(deeds)] });
      expect(round.error).toBeUndefined();
      const now = snapshot(round.root);
      const before: Record<string, string> = { ...files };
      const changed = [...new Set([...Object.keys(now), ...Object.keys(before)])].filter(
        (path) => now[path] !== before[path],
      );
      const taken = round.outcome?.state === "done" ? changed : [];
      expect(taken).toEqual(changed);
      expect(round.outcome?.violations.length === 0).toBe(round.outcome?.state === "done");
      expect(round.outcome?.files).toEqual(expect.arrayContaining(taken));
      expect(taken.filter((path) => !mayChange.test(path))).toEqual([]);
      for (const path of taken) expect(now[path] ?? "").not.toMatch(/noqa|skip|\0|^->/);
    }),
    { numRuns: 25 },
  );
});
