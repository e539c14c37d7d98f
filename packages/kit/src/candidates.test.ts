import { describe, expect, it } from "vitest";
import { candidates } from "./candidates.ts";
import { createExec } from "./exec.ts";
import { context, tree } from "../test/testing.ts";
import { createWorkspace } from "./workspace.ts";
import type { Component, GateContext } from "@towpath/core";

async function setUp(component: Partial<Component> = {}): Promise<GateContext> {
  const root = await tree({
    "src/foo/a.py": "",
    "src/foo/b.pyi": "",
    "src/foo/c.txt": "",
    "tests/test_a.py": "",
    "one.py": "",
  });
  const exec = createExec({ root, runId: "r", env: { PATH: process.env["PATH"] } });
  return context({ root, component, workspace: await createWorkspace(root, exec) });
}

describe("candidates", () => {
  it("are the files of the component with one of the endings", async () => {
    const ctx = await setUp();
    expect(await candidates(ctx, { of: "source", suffixes: [".py"] })).toEqual(["src/foo/a.py"]);
    expect(await candidates(ctx, { of: "source", suffixes: [".py", ".pyi"] })).toEqual([
      "src/foo/a.py",
      "src/foo/b.pyi",
    ]);
    expect(await candidates(ctx, { of: "tests", suffixes: [".py"] })).toEqual(["tests/test_a.py"]);
    expect(await candidates(ctx, { of: "both", suffixes: [".py"] })).toEqual([
      "src/foo/a.py",
      "tests/test_a.py",
    ]);
  });

  it("may be a single file", async () => {
    expect(
      await candidates(await setUp({ source: ["one.py"] }), { of: "source", suffixes: [".py"] }),
    ).toEqual(["one.py"]);
  });

  it.each<[string, Partial<Component>, RegExp]>([
    [
      "a declared path that does not exist",
      { source: ["src/foo", "src/bar"] },
      /^src\/bar of the component foo does not exist$/,
    ],
    ["no declared path", { source: [] }, /^the component foo declares no source$/],
    ["no file with the ending", { source: ["src/foo/c.txt"] }, /^no \.py file below src\/foo\/c\.txt/],
  ])("%s is breakage, not an empty answer", async (_, component, message) => {
    const search = candidates(await setUp(component), { of: "source", suffixes: [".py"] });
    await expect(search).rejects.toMatchObject({ kind: "no-input", message: expect.stringMatching(message) });
  });
});
