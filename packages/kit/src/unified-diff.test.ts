import { execFileSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { tree } from "../test/testing.ts";
import { unifiedDiff } from "./unified-diff.ts";

it("shows the change with three lines around it", () => {
  const lines = Array.from({ length: 12 }, (_, n) => `line ${n + 1}\n`);
  const after = lines.with(5, "changed\n").toSpliced(8, 0, "new\n");
  expect(unifiedDiff("src/a b.py", lines.join(""), after.join(""))).toBe(
    [
      "--- a/src/a b.py",
      "+++ b/src/a b.py",
      "@@ -3,9 +3,10 @@",
      " line 3",
      " line 4",
      " line 5",
      "-line 6",
      "+changed",
      " line 7",
      " line 8",
      "+new",
      " line 9",
      " line 10",
      " line 11",
      "",
    ].join("\n"),
  );
});

it("is empty where nothing differs, and speaks of missing ends of line", () => {
  expect(unifiedDiff("a", "x\n", "x\n")).toBe("");
  expect(unifiedDiff("a", "x", "x\n")).toBe(
    "--- a/a\n+++ b/a\n@@ -1,1 +1,1 @@\n-x\n\\ No newline at end of file\n+x\n",
  );
});

it("keeps distant changes apart, and finds a shortest diff", () => {
  const before = Array.from({ length: 40 }, (_, n) => `${n}\n`);
  const patch = unifiedDiff(
    "a",
    before.join(""),
    before.with(2, "x\n").with(30, "y\n").toSpliced(20, 1).join(""),
  );
  expect(patch.match(/^@@.*$/gm)).toEqual(["@@ -1,6 +1,6 @@", "@@ -18,7 +18,6 @@", "@@ -28,7 +27,7 @@"]);
  expect(patch.match(/^[-+]\d|^[-+][xy]/gm)).toHaveLength(5);
});

it("a rewritten file of many lines is shown as a whole", () => {
  const many = (word: string): string => Array.from({ length: 3_000 }, (_, n) => `${word} ${n}\n`).join("");
  expect(unifiedDiff("a", many("old"), many("new")).split("\n")).toHaveLength(6_004);
});

it("git applies it, and in reverse undoes it, for any two texts", async () => {
  const root = await tree();
  const path = join(root, "file");
  const text = fc
    .array(fc.constantFrom("a\n", "b\n", "c\n", "\n", "é\r\n", "-\n", "@@\n", "\\ No\n"), { maxLength: 25 })
    .chain((lines) => fc.constantFrom(lines.join(""), lines.join("").replace(/\n$/, "")));
  await fc.assert(
    fc.asyncProperty(text, text, async (before, after) => {
      const patch = unifiedDiff("file", before, after);
      // `git apply` takes a patch that empties a file for one that deletes it.
      fc.pre(patch !== "" && before !== "" && after !== "");
      await writeFile(path, before);
      execFileSync("git", ["apply", "--unidiff-zero", "-"], { cwd: root, input: patch, stdio: "pipe" });
      expect(await readFile(path, "utf8")).toBe(after);
      execFileSync("git", ["apply", "--reverse", "-"], { cwd: root, input: patch, stdio: "pipe" });
      expect(await readFile(path, "utf8")).toBe(before);
    }),
    { numRuns: 60 },
  );
});
