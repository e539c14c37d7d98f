import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import { definePlugin } from "../plugin.ts";
import { z } from "zod";
import { resolvePlugin, type ResolveRequest } from "./resolve-plugin.ts";

const fake = definePlugin({ name: "@towpath/gate-ruff", options: z.unknown(), setup: () => undefined });
const bundled: ResolveRequest["bundled"] = new Map([
  ["@towpath/gate-ruff", { version: "1.2.3", load: async () => ({ default: fake }) }],
]);
const pluginText = (name: string): string =>
  `const plugin = () => ({ name: "${name}" }); plugin.pluginName = "${name}"; export default plugin;`;

async function folder(files: Readonly<Record<string, string>>): Promise<string> {
  const root = await realpath(await mkdtemp(join(tmpdir(), "towpath-plugins-")));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  return root;
}

async function resolve(
  name: string,
  files: Readonly<Record<string, string>> = {},
  changes: Partial<ResolveRequest> = {},
) {
  const root = await folder(files);
  return resolvePlugin({
    name,
    root,
    from: join(root, "towpath.config.yaml"),
    where: "towpath.config.yaml:1",
    trusted: true,
    bundled,
    ...changes,
  });
}

const installed = (
  name: string,
  manifest: object = { peerDependencies: { "@towpath/core": "^1" } },
): Record<string, string> => ({
  [`node_modules/${name}/package.json`]: JSON.stringify({
    name,
    version: "2.0.0",
    type: "module",
    exports: "./index.js",
    ...manifest,
  }),
  [`node_modules/${name}/index.js`]: pluginText(name),
});
const depends = (name: string): Record<string, string> => ({
  "package.json": JSON.stringify({ devDependencies: { [name]: "*" } }),
});

describe("resolvePlugin", () => {
  it("takes a short name for ours", async () => {
    expect(await resolve("gate-ruff")).toMatchObject({ via: "bundled", version: "1.2.3" });
  });

  it("prefers the team's own copy", async () => {
    const name = "@towpath/gate-ruff";
    expect(await resolve("gate-ruff", { ...installed(name), ...depends(name) })).toMatchObject({
      via: "node_modules/@towpath/gate-ruff/index.js",
      version: "2.0.0",
    });
  });

  it("takes a short name for a community package next", async () => {
    const name = "towpath-gate-licence";
    expect(await resolve("gate-licence", { ...installed(name), ...depends(name) })).toMatchObject({
      version: "2.0.0",
    });
  });

  it("loads a file inside the repository, when it is trusted", async () => {
    const files = { "tools/gate-local.mjs": pluginText("local") };
    expect(await resolve("./tools/gate-local.mjs", files)).toMatchObject({ via: "tools/gate-local.mjs" });
    await expect(resolve("./tools/gate-local.mjs", files, { trusted: false })).rejects.toMatchObject({
      data: { code: "TP1206" },
    });
  });

  it("refuses a link that leads out of the repository", async () => {
    const outside = await folder({ "evil.mjs": "globalThis.evil = true; export default 1;" });
    const root = await folder({});
    await symlink(join(outside, "evil.mjs"), join(root, "inside.mjs"));
    const request = {
      name: "./inside.mjs",
      root,
      from: join(root, "c.yaml"),
      where: "c.yaml:1",
      trusted: true,
      bundled,
    };
    await expect(resolvePlugin(request)).rejects.toMatchObject({ data: { code: "TP1206" } });
    expect(Reflect.get(globalThis, "evil")).toBeUndefined();
  });

  it("does not load what is installed but no direct dependency", async () => {
    await expect(resolve("towpath-gate-x", installed("towpath-gate-x"))).rejects.toMatchObject({
      data: { code: "TP1205" },
    });
  });

  it("reads the manifest before the code: what is no plugin is not run", async () => {
    const marker = join(tmpdir(), `towpath-plugin-${process.pid}`);
    const files = {
      ...installed("left-pad", {}),
      ...depends("left-pad"),
      "node_modules/left-pad/index.js": `import {writeFileSync} from "node:fs"; writeFileSync(${JSON.stringify(marker)}, "");`,
    };
    await expect(resolve("left-pad", files)).rejects.toMatchObject({ data: { code: "TP1207" } });
    expect(existsSync(marker)).toBe(false);
  });

  it("warns of a name that is much like a known one", async () => {
    const name = "@towpath/gate-rufff";
    expect(await resolve(name, { ...installed(name), ...depends(name) })).toMatchObject({
      warning: "the plugin @towpath/gate-rufff is named much like @towpath/gate-ruff",
    });
  });

  it("says what was tried, what was meant and how to install it", async () => {
    await expect(resolve("gate-ruf")).rejects.toMatchObject({
      data: {
        code: "TP1205",
        message: "the plugin gate-ruf was not found; tried @towpath/gate-ruf, towpath-gate-ruf",
        fix: ["Did you mean gate-ruff?", "npm install --save-dev @towpath/gate-ruf"],
        where: ["towpath.config.yaml:1"],
      },
    });
  });

  it.each([
    "data:text/javascript,globalThis.evil=1",
    "node:fs",
    "fs",
    "file:///etc/passwd",
    "https://example.com/x.mjs",
    "/etc/passwd",
    "C:\\x.mjs",
    "..",
    ".hidden",
    "a/b/c",
    "@x/../y",
    "UPPER",
    "a\0b",
    "-rf",
    "x".repeat(300),
    "",
  ])("refuses the name %j and runs nothing (S13)", async (name) => {
    await expect(resolve(name)).rejects.toMatchObject({
      data: { code: "TP1206", where: ["towpath.config.yaml:1"] },
    });
    expect(Reflect.get(globalThis, "evil")).toBeUndefined();
  });

  it("refuses paths out of the repository (S13)", async () => {
    for (const name of ["../evil.mjs", "./../../evil.mjs", "./a/../../../etc/passwd"]) {
      await expect(resolve(name)).rejects.toMatchObject({ data: { code: "TP1206" } });
    }
  });

  it("never loads anything for an arbitrary name (S13)", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ maxLength: 40, unit: "binary" }), async (name) => {
        fc.pre(name !== "gate-ruff" && name !== "@towpath/gate-ruff");
        const root = tmpdir();
        const request = { name, root, from: join(root, "c.yaml"), where: "c:1", trusted: true, bundled };
        await expect(resolvePlugin(request)).rejects.toMatchObject({ isTowpathError: true });
      }),
    );
  });

  it("explains a module that is no plugin or does not load", async () => {
    await expect(resolve("./a.mjs", { "a.mjs": "export default 1;" })).rejects.toMatchObject({
      data: { code: "TP1207" },
    });
    await expect(resolve("./a.mjs", { "a.mjs": "throw new Error('boom')" })).rejects.toMatchObject({
      data: { code: "TP1207", message: "./a.mjs cannot be loaded: boom" },
    });
  });

  it("loads in untrusted mode nothing but what comes with the program, whatever the tree holds", async () => {
    const evil = (name: string): Record<string, string> => ({
      ...installed(name),
      ...depends(name),
      [`node_modules/${name}/index.js`]: `import fs from "node:fs"; fs.writeFileSync(new URL("../../../../ran", import.meta.url), ""); ${pluginText(name)}`,
    });
    const root = await folder(evil("@towpath/gate-ruff"));
    const from = join(root, "towpath.config.yaml");
    expect(await resolve("gate-ruff", {}, { root, from, trusted: false })).toMatchObject({ via: "bundled" });
    expect(existsSync(join(root, "ran"))).toBe(false);
    await expect(
      resolve(
        "@acme/towpath-gate-x",
        { ...installed("@acme/towpath-gate-x"), ...depends("@acme/towpath-gate-x") },
        { trusted: false },
      ),
    ).rejects.toMatchObject({ data: { code: "TP1206" } });
  });
});
