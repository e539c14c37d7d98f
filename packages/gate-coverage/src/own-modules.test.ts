import { describe, expect, it } from "vitest";
import { missingModule, ownModules } from "./own-modules.ts";

describe("ownModules", () => {
  it("has every name that the layout allows", () => {
    expect([...ownModules(["src/foo", "./lib/bar.py"])]).toEqual([
      "src",
      "src.foo",
      "foo",
      "lib",
      "lib.bar",
      "bar",
    ]);
  });

  it("has no name of what does not exist", () => {
    expect(ownModules(["src/foo"]).has("foo.missing")).toBe(false);
  });
});

describe("missingModule", () => {
  it("takes the error that came last", () => {
    const text =
      "E   ModuleNotFoundError: No module named 'a'\nE   ModuleNotFoundError: No module named 'b.c'";
    expect(missingModule(text)).toBe("b.c");
  });

  it("is nothing where another error is named", () => {
    expect(missingModule("E   ImportError: cannot import name 'x' from 'foo'")).toBeUndefined();
  });
});
