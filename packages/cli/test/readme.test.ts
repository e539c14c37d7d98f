import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { project } from "@towpath/testkit";
import { describe, expect, it } from "vitest";
import { towpath } from "./towpath.ts";

const repository = fileURLToPath(new URL("../../..", import.meta.url));

async function blockOf(name: string): Promise<string> {
  const text = await readFile(join(repository, "README.md"), "utf8");
  const block = new RegExp(
    `<!-- ${name}:start -->\\s*\`\`\`\\w+\\n([\\s\\S]*?)\`\`\`\\s*<!-- ${name}:end -->`,
  ).exec(text)?.[1];
  if (block === undefined) throw new Error(`the README has no block ${name}`);
  return block;
}

describe("the README", () => {
  it("shows a gate that works as it stands", async () => {
    const { root } = await project({
      "src/foo/good.py": "# (c) Acme\n",
      "src/foo/bad.py": "x = 1\n",
      "tools/gate-licence.mts": await blockOf("gate"),
      "towpath.config.yaml": [
        "plugins:",
        '  - ["./tools/gate-licence.mts", { header: "# (c) Acme" }]',
        "components:",
        "  foo: { source: [src/foo] }",
        "",
      ].join("\n"),
    });
    await mkdir(join(root, "node_modules/@towpath"), { recursive: true });
    for (const name of ["core", "kit"]) {
      await symlink(join(repository, "packages", name), join(root, "node_modules/@towpath", name));
    }
    await symlink(join(repository, "packages/core/node_modules/zod"), join(root, "node_modules/zod"));

    const { code, stdout } = await towpath(["check", "--reporter", "agent"], { cwd: root });
    expect(stdout).toContain(
      "FAIL licence ACME1 files without header 1 required <= 0\n  src/foo/bad.py licence/header the licence header is missing",
    );
    expect(code).toBe(1);

    await writeFile(join(root, "src/foo/bad.py"), "# (c) Acme\nx = 1\n");
    expect((await towpath(["check"], { cwd: root })).code).toBe(0);
  });

  it("names only gates that exist", async () => {
    const text = await readFile(join(repository, "README.md"), "utf8");
    const named = [
      ...text.matchAll(
        /^\| (?:specification|implementation|testing|refactoring|staging|production) \|.*\| (`.*`) \|$/gm,
      ),
    ].flatMap((row) => [...(row[1] ?? "").matchAll(/`([a-z0-9-]+)`/g)].map((match) => match[1]));
    const listed = await Promise.all(
      ["throttle", "tally"].map(async (example) => {
        const { stdout } = await towpath(["gates", "list", "--json"], {
          cwd: join(repository, "examples", example),
        });
        return (JSON.parse(stdout) as { gates: { name: string }[] }).gates.map((gate) => gate.name);
      }),
    );
    expect(named.toSorted()).toEqual([...new Set(listed.flat())].toSorted());
  });
});
