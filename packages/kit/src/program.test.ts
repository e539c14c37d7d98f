import { chmod } from "node:fs/promises";
import { join, relative } from "node:path";
import { expect, it } from "vitest";
import { script, tree } from "../test/testing.ts";
import { hasDeadShebang, locate, locateAll } from "./program.ts";

it("S9: empty and relative entries of PATH are passed over, wherever they lead", async () => {
  const root = await tree();
  const tool = await script(root, "tool", "#!/bin/sh\n");
  const path = `:.:${relative(process.cwd(), root)}:`;
  expect(locate("tool", path)).toEqual({ code: "ENOENT" });
  expect(locateAll("tool", `${path}:${root}`)).toEqual([tool]);
});

it("a bare name is one name: nothing that climbs or nests", async () => {
  const root = await tree();
  await script(root, "bin/tool", "#!/bin/sh\n");
  for (const name of ["", "../bin/tool", "bin/tool", "bin\\tool", "tool\0"]) {
    expect(locate(name, root)).toEqual({ code: "ENOENT" });
  }
});

it("R11: EACCES when all that has the name may not be run", async () => {
  const root = await tree({ "a/tool/x": "" });
  await chmod(await script(root, "b/tool", ""), 0o644);
  expect(locate("tool", `${join(root, "a")}:${join(root, "b")}`)).toEqual({ code: "EACCES" });
  expect(locateAll("tool", `${join(root, "a")}:${join(root, "b")}`)).toEqual([]);
});

it.each([
  ["#!/bin/sh\n", false],
  ["#! /bin/sh -e\n", false],
  ["#!/no/such/python3.11\nimport x\n", true],
  ["#!/no/such/python -I", true],
  ["\x7fELF", false],
  ["", false],
])("a script that starts with %j: dead is %s", async (text, dead) => {
  expect(hasDeadShebang(await script(await tree(), "tool", text))).toBe(dead);
});
