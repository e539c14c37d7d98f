import { existsSync } from "node:fs";
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { project } from "@towpath/testkit";
import { describe, expect, it } from "vitest";
import { towpath } from "./towpath.ts";

const evidence = `{ candidates: 1, checked: 1, findings: [], tool: { name: "t", version: "1", via: "x" },
  measurements: [{ name: "m", unit: "u", operator: "<=", threshold: 0, source: "s", value: 0 }] }`;

/** A project whose only plugin does something in its set-up and in its gate. */
async function withPlugin(setup: string, check: string): Promise<string> {
  const plugin = `import fs from "node:fs";
    const plugin = () => ({ name: "own", api: 1, validate: async () => ({ ok: true }), async setup(api) {
      ${setup};
      api.gate({ name: "own", category: "code-quality", stages: ["testing"], code: "X1", executesCode: false,
        async check() { ${check}; return ${evidence}; } });
    } });
    plugin.pluginName = "own";
    export default plugin;`;
  const { root } = await project({
    "src/foo/a.py": "a = 1\n",
    "own.mjs": plugin,
    "towpath.config.yaml": "plugins: [./own.mjs]\ncomponents: {foo: {source: [src/foo]}}\n",
  });
  return root;
}

describe("a plugin that behaves badly (R25)", () => {
  it.each([
    ["ends the process", "", "process.exit(0)", /ended before anything was decided/],
    [
      "rejects and does not look",
      "",
      `Promise.reject(new Error("late")); await new Promise(setImmediate)`,
      /late/,
    ],
    [
      "throws where nobody catches",
      "",
      `setImmediate(() => { throw new Error("late") }); await new Promise((r) => setTimeout(r, 1000))`,
      /late/,
    ],
    ["never ends its set-up", "await new Promise(() => undefined)", "", /TP1302/],
  ])("and %s gets exit 3, never 0 or 1", async (_, setup, check, words) => {
    const root = await withPlugin(setup, check);
    const { code, stderr } = await towpath(["check"], { cwd: root });
    expect(code).toBe(3);
    expect(stderr).toMatch(words);
  });

  it("tells machines about an error that nobody caught", async () => {
    const root = await withPlugin("", `Promise.reject(new Error("late")); await new Promise(setImmediate)`);
    const { code, stdout } = await towpath(["check", "--json"], { cwd: root });
    expect(JSON.parse(stdout)).toMatchObject({ schemaVersion: 1, kind: "error", exit: code });
  });

  it("does not keep the process alive by what it leaves running, and the verdict stands", async () => {
    const root = await withPlugin("", "setInterval(() => undefined, 1000)");
    const { code, stderr } = await towpath(["check"], { cwd: root });
    expect(code).toBe(0);
    expect(stderr).toContain("a plugin left something running");
  });

  it.each([
    ["check"],
    ["gates", "list"],
    ["plugins", "list"],
    ["config", "show"],
    ["config", "validate"],
    ["doctor"],
    ["explain", "own"],
    ["explain", "nothing"],
  ])("is closed by `%s %s`, so that what it opened in its set-up does not delay the end", async (...args) => {
    const open = `const timer = setInterval(() => undefined, 1000);
        api.onClose(() => { clearInterval(timer); fs.writeFileSync("closed", "") })`;
    const root = await withPlugin(open, "");
    const { stderr } = await towpath(
      args.filter((arg) => arg !== undefined),
      { cwd: root },
    );
    expect(existsSync(join(root, "closed"))).toBe(true);
    expect(stderr).not.toContain("left something running");
  });
});

describe("the files of a run", () => {
  it("does not write through a link that the tree holds (S8)", async () => {
    const outside = await project({ victim: "precious" });
    const root = await withPlugin("", "");
    await mkdir(join(root, ".towpath"));
    await symlink(join(outside.root, "victim"), join(root, ".towpath", ".gitignore"));
    expect((await towpath(["check"], { cwd: root })).code).toBe(0);
    expect(await readFile(join(outside.root, "victim"), "utf8")).toBe("precious");
  });

  it("keeps the verdict of a check whose record cannot be written, and says so (R8)", async () => {
    const root = await withPlugin(
      "",
      `fs.rmSync(".towpath", { recursive: true }); fs.writeFileSync(".towpath", "")`,
    );
    const { code, stdout, stderr } = await towpath(["check", "--json"], { cwd: root });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ kind: "run", exit: 0 });
    expect(stderr).toContain("no record was written");
  });

  it("ends a run whose record cannot be written with exit 3", async () => {
    const root = await withPlugin(
      "",
      `fs.rmSync(".towpath", { recursive: true }); fs.writeFileSync(".towpath", "")`,
    );
    const skip = "stages: {specification: {skip: a}, implementation: {skip: b}, refactoring: {skip: c}}\n";
    const config = join(root, "towpath.config.yaml");
    await writeFile(config, (await readFile(config, "utf8")) + skip);
    const { code, stderr } = await towpath(["run", "--target", "dev"], { cwd: root });
    expect(code).toBe(3);
    expect(stderr).toContain("TP6002");
  });

  it("explains a finding of an older run past one that was killed", async () => {
    const root = await withPlugin("", "");
    const fail = `findings: [{ fingerprint: "${"ab".repeat(32)}", tool: "t", rule: "R1", level: "error", message: "bad" }]`;
    const plugin = join(root, "own.mjs");
    await writeFile(plugin, (await readFile(plugin, "utf8")).replace("findings: []", fail));
    expect((await towpath(["check"], { cwd: root })).code).toBe(1);
    await mkdir(join(root, ".towpath/runs/20990101-000000-dead"));
    await mkdir(join(root, ".towpath/runs/20990101-000001-dead"));
    await writeFile(join(root, ".towpath/runs/20990101-000001-dead/result.json"), "{half");
    const { code, stdout } = await towpath(["explain", "abababab"], { cwd: root });
    expect(code).toBe(0);
    expect(stdout).toContain("R1  bad");
  });
});
