import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { project } from "@towpath/testkit";
import { it } from "vitest";
import { generate } from "../test/generate.ts";
import { shelf } from "../test/shelf.ts";

it("x", async () => {
  const { root } = await project({ "README.md": "" }, { git: true });
  const t = performance.now();
  const made = await generate({ spec: shelf, root });
  console.log(performance.now() - t, JSON.stringify(made, undefined, 1));
  for (const name of (await readdir(join(root, "tests/spec"))).toSorted()) {
    console.log(`===== ${name}\n${await readFile(join(root, "tests/spec", name), "utf8")}`);
  }
}, 60000);
