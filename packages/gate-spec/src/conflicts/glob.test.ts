import { assert, array, constantFrom, property } from "fast-check";
import { describe, expect, it } from "vitest";
import { withinBudget } from "../within-budget.ts";
import { globFolder, globTest } from "./glob.ts";

describe("globTest", () => {
  it.each([
    ["specs/**/*.md", "specs/a.md"],
    ["specs/**/*.md", "specs/a/b/c.md"],
    ["**/*.md", "a.md"],
    ["./specs/*.md", "specs/a.md"],
    ["specs/?.md", "specs/a.md"],
    ["a/**/b/**/c", "a/b/x/b/c"],
    ["spec(s).md", "spec(s).md"],
  ])("%s names %s", (pattern, path) => {
    expect(globTest(pattern)(path)).toBe(true);
  });

  it.each([
    ["specs/*.md", "specs/a/b.md"],
    ["specs/**/*.md", "other/a.md"],
    ["specs/**/*.md", "specs/a.mdx"],
    ["specs/?.md", "specs/ab.md"],
    ["specs", "specs/a.md"],
    ["a.b", "axb"],
  ])("%s does not name %s", (pattern, path) => {
    expect(globTest(pattern)(path)).toBe(false);
  });

  it("names below its folder only", () => {
    const part = constantFrom("a", "b", "*", "**", "?");
    const name = constantFrom("a", "b", "ab");
    assert(
      property(
        array(part, { minLength: 1, maxLength: 5 }),
        array(name, { minLength: 1, maxLength: 6 }),
        (glob, path) => {
          const pattern = glob.join("/");
          const file = path.join("/");
          const folder = globFolder(pattern);
          const below = folder === "." || file === folder || file.startsWith(`${folder}/`);
          expect(below || !globTest(pattern)(file)).toBe(true);
        },
      ),
    );
  });

  it("tries no way twice", () => {
    const test = globTest(`${"**/".repeat(100)}x`);
    const path = "a/".repeat(5_000);
    expect(withinBudget(() => test(path), 5_000)).toBe(false);
    const stars = globTest(`${"*a".repeat(200)}b.md`);
    expect(withinBudget(() => stars(`${"a".repeat(250)}.md`), 5_000)).toBe(false);
  });

  it("finds a way where there is one", () => {
    const sources = new Map([
      ["*", "[^/]*"],
      ["?", "[^/]"],
      [".", String.raw`\.`],
    ]);
    const piece = constantFrom("a", "b", ".", "*", "?", "𝒳");
    assert(
      property(
        array(piece, { maxLength: 8 }),
        array(constantFrom("a", "b", ".", "𝒳"), { maxLength: 8 }),
        (part, name) => {
          const source = part.map((one) => sources.get(one) ?? one);
          const [pattern, path] = [part.join(""), name.join("")];
          // Empty and dots are no names of files, and two stars alone are any folders.
          if (/^\.?$|^\*\*$/.test(pattern) || path === "") return;
          expect(globTest(pattern)(path)).toBe(new RegExp(`^${source.join("")}$`, "u").test(path));
        },
      ),
    );
  });
});
