import { project } from "@towpath/testkit";
import { describe, expect, it } from "vitest";
import { moduleNames } from "./module-names.ts";

describe("moduleNames", () => {
  it("begins below what stands on Python's path, and below the topmost package", async () => {
    const { root } = await project({
      "acme/__init__.py": "",
      "acme/shop/__init__.py": "",
      "packages/a/src/acme/foo/__init__.py": "",
      "src/one/__init__.py": "",
      "src/two.py": "",
      "src/notes.txt": "",
      "src/data/x.csv": "",
    });
    const names = (...source: string[]): readonly (readonly string[])[] =>
      moduleNames(root, source).map((all) => all.map(({ name, root: from }) => `${name} from ${from}`));
    expect(names("src/foo")).toEqual([["foo from src", "src.foo from ."]]);
    expect(names("./src/foo/")).toEqual([["foo from src", "src.foo from ."]]);
    expect(names("src/foo.py")).toEqual([["foo from src", "src.foo from ."]]);
    expect(names("src/foo/__init__.py")).toEqual([["foo from src", "src.foo from ."]]);
    expect(names("foo.py", "bar")).toEqual([["foo from ."], ["bar from ."]]);
    expect(names("acme/shop")).toEqual([["acme.shop from ."]]);
    expect(names("packages/a/src/acme/foo")[0]?.[0]).toBe("acme.foo from packages/a/src");
    expect(names("src/components/foo_component.py")[0]?.[0]).toBe("components.foo_component from src");
    expect(names("src")).toEqual([
      ["one from src", "src.one from ."],
      ["two from src", "src.two from ."],
    ]);
  });

  it("has no name for what cannot be one", async () => {
    const { root } = await project({});
    expect(moduleNames(root, ["my-tool", ".", "src/1st"])).toEqual([]);
    expect(moduleNames(root, ["my-tools/foo"])).toEqual([[{ name: "foo", root: "my-tools" }]]);
  });
});
