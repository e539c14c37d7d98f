import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import { noConfig } from "../test/in-memory.ts";
import { findComponent, testNames } from "./components.ts";
import { checkComponentName } from "./names.ts";

async function folder(...paths: readonly string[]): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), "towpath-components-"));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  for (const path of paths) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), "");
  }
  return root;
}

describe("findComponent", () => {
  it("believes the configuration before any convention", async () => {
    const root = await folder("src/foo/a.py");
    const config = { ...noConfig, components: { foo: { source: ["lib/foo"], tests: ["t"], spec: "s.md" } } };
    expect(await findComponent("foo", config, root)).toEqual({
      name: "foo",
      source: ["lib/foo"],
      tests: ["t"],
      spec: "s.md",
    });
  });

  it.each([
    [".venv/bin/python", "/repo/.venv/bin/python"],
    ["/usr/bin/python3", "/usr/bin/python3"],
  ])(
    "takes the interpreter %s relative to the root, wherever the command is called",
    async (python, path) => {
      const config = { ...noConfig, components: { foo: { source: ["src/foo"], python } } };
      expect(await findComponent("foo", config, "/repo")).toMatchObject({ python: path });
    },
  );

  it("finds source and tests by convention", async () => {
    const root = await folder(
      "src/foo/a.py",
      "tests/test_foo.py",
      "tests/test_foo_api.py",
      "tests/test_food.py",
    );
    expect(await findComponent("foo", noConfig, root)).toEqual({
      name: "foo",
      source: ["src/foo"],
      tests: ["tests/test_foo.py", "tests/test_foo_api.py"],
    });
  });

  it("takes off the suffix -ion, not its letters (TTA 9, G23)", () => {
    expect(testNames("orchestration")).toEqual(["orchestration", "orchestrator"]);
    expect(testNames("action")).toEqual(["action", "actor"]);
    expect(testNames("onion")).toEqual(["onion", "onor"]);
    expect(testNames("notion")).toEqual(["notion", "notor"]);
    expect(testNames("companion")).toEqual(["companion", "companor"]);
    expect(testNames("ion")).toEqual(["ion"]);
    expect(testNames("foo")).toEqual(["foo"]);
  });

  it("does not run another component's tests for a short name (G23)", async () => {
    const root = await folder("src/notion/a.py", "tests/test_tor.py", "tests/test_or.py");
    expect(await findComponent("notion", noConfig, root)).toMatchObject({ tests: [] });
  });

  it("says where it looked", async () => {
    await expect(findComponent("foo", noConfig, await folder())).rejects.toMatchObject({
      data: { code: "TP1002", fix: expect.arrayContaining([expect.stringContaining("src/foo")]) },
    });
  });

  it.each([
    "../x",
    "/etc",
    "a/../../b",
    "C:\\",
    "a\0",
    ".",
    "",
    "A",
    "1a",
    "a.",
    "a b",
    "ｆoo",
    "x".repeat(65),
    "-x",
  ])("refuses the name %j (S7)", async (name) => {
    await expect(findComponent(name, noConfig, "/")).rejects.toMatchObject({ data: { code: "TP1003" } });
  });

  it("lets only names through that are one plain file name (S7)", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 70, unit: "binary" }), (name) => {
        try {
          checkComponentName(name);
        } catch {
          return;
        }
        expect(name).toMatch(/^[a-z0-9_-]+$/);
        expect(name.length).toBeLessThanOrEqual(64);
      }),
    );
  });
});
