import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { deployerSuite, project, type DeployerTarget } from "../src/index.ts";
import { folderDeployer } from "./folder-deployer.ts";

const example = new URL("folder-deployer.ts", import.meta.url);
const page = new URL("../../../docs/writing-a-deployer.md", import.meta.url);

async function target(): Promise<DeployerTarget> {
  const { root, remove } = await project({});
  const folder = join(root, "target");
  const files = (): Promise<readonly string[]> => readdir(folder).catch(() => []);
  const runs = async (): Promise<string | undefined> => {
    const text = await readFile(join(folder, "target.json"), "utf8").catch(() => "{}");
    return (JSON.parse(text) as { readonly current?: string }).current;
  };
  return {
    root,
    deployer: () => folderDeployer(folder),
    async release(name, kind) {
      await writeFile(join(root, name), kind === "bad" ? "damaged" : name);
      const digest = createHash("sha256").update(name).digest("hex");
      return { component: "foo", digest, file: name, tree: "tree" };
    },
    runs,
    contents: async () => Promise.all((await files()).map((name) => readFile(join(folder, name), "utf8"))),
    harm: async () => writeFile(join(folder, (await runs()) ?? ""), "damaged"),
    child: [fileURLToPath(new URL("folder-deployer-child.ts", import.meta.url)), folder],
    remove,
  };
}

deployerSuite({ describe, it, expect }, { name: "folder", target });

it("is what the page about deployers shows", async () => {
  expect(await readFile(page, "utf8")).toContain(await readFile(example, "utf8"));
});
