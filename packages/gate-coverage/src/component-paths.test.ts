import { describe, expect, it } from "vitest";
import { liesBelow, outermost, sourceDirs } from "./component-paths.ts";

describe("liesBelow", () => {
  it.each([
    ["src/foo/a.py", ["src/foo"], true],
    ["src/foo/a.py", ["./src/foo/"], true],
    ["src/foo.py", ["src/foo.py"], true],
    ["a.py", ["."], true],
    ["src/foobar/a.py", ["src/foo"], false],
    ["src/foo", ["src/foo/a.py"], false],
  ])("%s, %j: %s", (path, paths, expected) => {
    expect(liesBelow(path, paths)).toBe(expected);
  });
});

describe("outermost", () => {
  it("drops what another path already holds", () => {
    expect(outermost(["tests/unit", "tests", "./tests/", "e2e/test_a.py"])).toEqual([
      "tests",
      "e2e/test_a.py",
    ]);
  });
});

describe("sourceDirs", () => {
  it("watches the folder of a file", () => {
    expect(sourceDirs(["src/foo", "lib/bar.py", "top.py"])).toEqual(["."]);
    expect(sourceDirs(["src/foo", "src/bar.py"])).toEqual(["src"]);
    expect(sourceDirs(["src/foo", "lib/bar.py"])).toEqual(["src/foo", "lib"]);
  });
});
