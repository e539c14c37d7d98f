import { isBreakage } from "@towpath/core";
import { describe, expect, it } from "vitest";
import { compilePattern } from "./globs.ts";

describe("compilePattern", () => {
  it.each([
    ["__init__.py", "/r/src/foo/__init__.py", true],
    ["__init__.py", "/r/src/foo/init.py", false],
    ["build", "/r/src/build", true],
    ["build", "/r/src/rebuild", false],
    ["*.py", "/r/src/foo/a.py", true],
    ["src/*.py", "/r/src/foo/deep/a.py", true],
    ["src/*.py", "/r/lib/src/a.py", false],
    ["./src/a.py", "/r/src/a.py", true],
    ["../lib/a.py", "/lib/a.py", true],
    ["/abs/a.py", "/abs/a.py", true],
    ["src/", "/r/src", true],
    ["**/generated/*", "/r/x/y/generated/a.py", true],
    ["**/generated/*", "/r/generated/a.py", true],
    ["src/**/a.py", "/r/src/a.py", true],
    ["src/**/a.py", "/r/src/x/y/a.py", true],
    ["src/**", "/r/src", false],
    ["src/**", "/r/src/x", true],
    ["{a,b}?.py", "/r/b1.py", true],
    ["{a,b}?.py", "/r/c1.py", false],
    ["[!a-c].py", "/r/d.py", true],
    ["[!a-c].py", "/r/b.py", false],
    ["a.py", "/r/aXpy", false],
    [String.raw`\[x\].py`, "/r/[x].py", true],
    ["é?.py", "/r/é😀.py", true],
  ])("%s against %s: %s", (pattern, path, expected) => {
    expect(compilePattern(pattern, "/r")(path)).toBe(expected);
  });

  it("takes the folder of the configuration literally", () => {
    expect(compilePattern("src/a.py", "/r[1]*")("/r[1]*/src/a.py")).toBe(true);
    expect(compilePattern("src/a.py", "/r[1]*")("/r1x/src/a.py")).toBe(false);
  });

  it.each(["[a", "{a", "a}", "x/{a,b"])("refuses the broken pattern %s", (pattern) => {
    const compile = (): unknown => compilePattern(pattern, "/r");
    expect(compile).toThrow(expect.toSatisfy((error) => isBreakage(error) && error.kind === "tool-config"));
  });
});
