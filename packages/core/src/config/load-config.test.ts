import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import { isTowpathError } from "../errors.ts";
import { checkConfig } from "./check-config.ts";
import { loadConfig } from "./load-config.ts";
import { parseYaml } from "./parse-yaml.ts";
import type { Config } from "./types.ts";

async function folder(files: Readonly<Record<string, string>>): Promise<string> {
  const root = await realpath(await mkdtemp(join(tmpdir(), "towpath-config-")));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  return root;
}

async function load(files: Readonly<Record<string, string>>, trusted = true): Promise<Config> {
  const root = await folder(files);
  const loaded = await loadConfig({ from: root, until: root, trusted });
  if (!loaded) throw new Error("no configuration");
  return checkConfig(loaded.raw, loaded);
}
const yaml = (text: string): Promise<Config> => load({ "towpath.config.yaml": text });
const refused = (code: string, where?: string): object => ({
  data: { code, ...(where === undefined ? {} : { where: [where] }) },
});

describe("loadConfig", () => {
  it("reads YAML, JSON, package.json, TypeScript and JavaScript alike", async () => {
    const wanted = { plugins: ["gate-ruff"] };
    const json = JSON.stringify(wanted);
    expect(await load({ "towpath.config.yaml": "plugins: [gate-ruff]\n" })).toMatchObject(wanted);
    expect(await load({ "towpath.config.json": json })).toMatchObject(wanted);
    expect(await load({ "package.json": `{"name": "x", "towpath": ${json}}` })).toMatchObject(wanted);
    expect(
      await load({ "towpath.config.mts": `const c: object = ${json}; export default c;` }),
    ).toMatchObject(wanted);
    expect(await load({ "towpath.config.mjs": `export default ${json};` })).toMatchObject(wanted);
  });

  it("searches upwards to the given end and no further", async () => {
    const root = await folder({ "towpath.config.yaml": "plugins: [a]", "repo/src/x.py": "" });
    const from = join(root, "repo", "src");
    expect(await loadConfig({ from, until: root, trusted: true })).toMatchObject({ raw: { plugins: ["a"] } });
    expect(await loadConfig({ from, until: join(root, "repo"), trusted: true })).toBeUndefined();
  });

  it("goes past a package.json that says nothing about towpath", async () => {
    expect(
      await load({ "package.json": '{"name": "x"}', "towpath.config.yaml": "plugins: [a]" }),
    ).toMatchObject({ plugins: ["a"] });
  });

  it("does not pass over settings in a package.json that is too large, yet over one without", async () => {
    const dependencies = Object.fromEntries(
      Array.from({ length: 5000 }, (_, i) => [`package-${i}`, "1.0.0"]),
    );
    const large = (more: object): Record<string, string> => ({
      "package.json": JSON.stringify({ dependencies, ...more }),
    });
    await expect(load(large({ towpath: { plugins: ["a"] } }))).rejects.toMatchObject(
      refused("TP1202", "package.json"),
    );
    const root = await folder(large({}));
    expect(await loadConfig({ from: root, until: root, trusted: true })).toBeUndefined();
  });

  it("names every wrong key with file, line and column", async () => {
    const text = "plugins: [a]\ngates:\n  lint:\n    requird: true\n  types: {timeoutMs: -1}\n";
    await expect(yaml(text)).rejects.toMatchObject({
      data: { code: "TP1203", where: ["towpath.config.yaml:4:5", "towpath.config.yaml:5:11"] },
    });
  });

  it.each([
    ["a threshold that is no number", "plugins: [a]\nstages: {testing: {retry: {max: .nan}}}"],
    ["retries without end", "plugins: [a]\nstages: {testing: {retry: {max: .inf}}}"],
    ["an unknown stage", "plugins: [a]\nstages: {tseting: {skip: x}}"],
    ["no plugins", "components: {}"],
    ["an empty list of plugins", "plugins: []"],
    ["a path that climbs", "plugins: [a]\ncomponents: {foo: {source: [../x]}}"],
    ["an absolute path", "plugins: [a]\ncomponents: {foo: {source: [/etc]}}"],
    ["a Windows path", "plugins: [a]\ncomponents: {foo: {source: ['C:\\x']}}"],
    ["a bad component name", "plugins: [a]\ncomponents: {../x: {source: [src]}}"],
    ["a skip without a reason", "plugins: [a]\nstages: {testing: {skip: ''}}"],
    ["a word for yes (S2)", "plugins: [a]\ngates: {lint: {required: yes}}"],
  ])("refuses %s", async (_, text) => {
    await expect(yaml(text)).rejects.toMatchObject(refused("TP1203"));
  });

  it("refuses a configuration over 64 KiB by its size, before reading it (S1)", async () => {
    await expect(yaml(`plugins: [a]\n${"#".repeat(65 * 1024)}`)).rejects.toMatchObject({
      data: { code: "TP1202", message: expect.stringContaining("66 KiB") },
    });
  });

  it.each([
    [
      "an alias bomb",
      `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c]\nplugins: [a]`,
    ],
    ["deep flow nesting", `plugins: ${"[".repeat(20_000)}${"]".repeat(20_000)}`],
    ["deep block nesting", `plugins: ${"- ".repeat(20_000)}a`],
    ["moderately deep nesting", `plugins: ${"[".repeat(60)}${"]".repeat(60)}`],
  ])("refuses %s at once (S1)", async (_, text) => {
    await expect(yaml(text)).rejects.toMatchObject(refused("TP1202"));
  });

  it("reads the largest allowed map without a quadratic search for duplicates (S1)", async () => {
    const keys = Array.from({ length: 6000 }, (_, i) => `k${i}: 1`).join("\n");
    await expect(yaml(`plugins: [a]\n${keys}`)).rejects.toMatchObject({
      data: { code: "TP1203", message: expect.stringContaining("and 5980 more") },
    });
  });

  it.each([
    ["duplicate keys", "plugins: [a]\nplugins: [b]", "towpath.config.yaml:2:1"],
    ["unknown tags", "plugins: [a]\ngates: !!js/function 'x'", "towpath.config.yaml:2:8"],
    ["broken YAML", "plugins: [a\ngates: {", "towpath.config.yaml:2:1"],
  ])("refuses %s with the place (S2)", async (_, text, where) => {
    await expect(yaml(text)).rejects.toMatchObject(refused("TP1202", where));
  });

  it("does not merge keys with << (S2)", async () => {
    await expect(yaml("base: &b {plugins: [a]}\n<<: *b")).rejects.toMatchObject(refused("TP1203"));
  });

  it.each(["__proto__", "constructor", "prototype"])("refuses the key %s anywhere (S3)", async (key) => {
    await expect(yaml(`plugins: [a]\ngates:\n  ${key}: {required: false}`)).rejects.toMatchObject(
      refused("TP1204", "towpath.config.yaml:3:3"),
    );
    await expect(
      load({ "towpath.config.json": `{"plugins": ["a"], "components": {"${key}": {"source": ["x"]}}}` }),
    ).rejects.toMatchObject(refused("TP1204"));
    expect(Object.hasOwn(Object.prototype, "required")).toBe(false);
  });

  it("refuses $import and runs nothing (S4)", async () => {
    const marker = join(tmpdir(), `towpath-marker-${process.pid}`);
    const evil = `import {writeFileSync} from "node:fs"; writeFileSync(${JSON.stringify(marker)}, ""); export default {};`;
    const files = { "evil.mjs": evil, "towpath.config.yaml": "$import: ./evil.mjs\nplugins: [a]" };
    await expect(load(files)).rejects.toMatchObject(refused("TP1204", "towpath.config.yaml:1:1"));
    expect(existsSync(marker)).toBe(false);
  });

  it("does not run a configuration of a search library's own (S4)", async () => {
    const marker = join(tmpdir(), `towpath-meta-${process.pid}`);
    const evil = `require("fs").writeFileSync(${JSON.stringify(marker)}, ""); module.exports = {};`;
    await load({
      ".config/config.cjs": evil,
      ".config/config.js": evil,
      "towpath.config.yaml": "plugins: [a]",
    });
    expect(existsSync(marker)).toBe(false);
  });

  it.each([".mts", ".ts", ".mjs", ".js"])(
    "does not run a %s configuration in untrusted mode (S4)",
    async (suffix) => {
      const marker = join(tmpdir(), `towpath-untrusted-${process.pid}`);
      const evil = `import {writeFileSync} from "node:fs"; writeFileSync(${JSON.stringify(marker)}, ""); export default {plugins: ["a"]};`;
      await expect(load({ [`towpath.config${suffix}`]: evil }, false)).rejects.toMatchObject(
        refused("TP1210"),
      );
      expect(existsSync(marker)).toBe(false);
    },
  );

  it.each([
    ["no default export", "export const a = 1;"],
    ["a default export that is no map", "export default [1];"],
    ["an error of its own", "throw new Error('boom'); export default {};"],
  ])("explains a code configuration with %s", async (_, text) => {
    await expect(load({ "towpath.config.mts": text })).rejects.toMatchObject(
      refused("TP1202", "towpath.config.mts"),
    );
  });

  it("refuses bytes that are no UTF-8", async () => {
    const root = await folder({});
    await writeFile(join(root, "towpath.config.yaml"), Buffer.from([0x70, 0xff, 0xfe]));
    await expect(loadConfig({ from: root, until: root, trusted: true })).rejects.toMatchObject(
      refused("TP1202"),
    );
  });

  it("does not take a folder or a dangling link for a configuration", async () => {
    const root = await folder({ "towpath.config.yaml/x": "" });
    await symlink(join(root, "nowhere"), join(root, "towpath.config.yml"));
    expect(await loadConfig({ from: root, until: root, trusted: true })).toBeUndefined();
  });
});

function outcomeOf(text: string): string {
  try {
    parseYaml(text, "x.yaml");
    return "a value";
  } catch (error) {
    return isTowpathError(error) ? `refused at ${error.data.where.join()}` : String(error);
  }
}

describe("parseYaml", () => {
  it("knows the place of what an alias stands for", () => {
    const text =
      "plugins:\n  - [a, {coverage: &c {dev: 1}}]\n  - [b, {coverage: *c}]\n  - &d [c, {max: 2}]\n  - *d\n";
    const { position } = parseYaml(text, "f");
    expect(position(["plugins", 1, 1, "coverage", "dev"])).toEqual({ line: 2, column: 24 });
    expect(position(["plugins", 1, 1, "coverage"])).toEqual({ line: 3, column: 10 });
    expect(position(["plugins", 3, 1, "max"])).toEqual({ line: 4, column: 13 });
    expect(position(["plugins", 4])).toBeUndefined();
  });

  it.each([
    ["YAML 1.1, in which `no` is false", "%YAML 1.1\n---\nplugins: no\n", "f:1:1"],
    ["a merge key by its tag", "a: &a {b: 1}\nc: {!!merge <<: *a}\n", "f:2:13"],
    ["bytes", "a: !!binary aGk=\n", "f:1:13"],
    ["dates", "a: !!timestamp 2026-01-01\n", "f:1:16"],
    ["an alias inside what it names", "a: &a [*a]\n", "f:1:8"],
    ["an alias of nothing", "a: 1\nb: *zz\n", "f:2:4"],
  ])("refuses %s (S2)", (_, text, where) => {
    expect(() => parseYaml(text, "f")).toThrow(
      expect.objectContaining({ data: expect.objectContaining({ code: "TP1202", where: [where] }) }),
    );
  });

  it("gives a value or a TowpathError with a place, whatever the text", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200, unit: "binary" }), (text) => {
        expect(outcomeOf(text)).toMatch(/^(?:a value|refused at x\.yaml(?::\d+(?::\d+)?)?)$/);
      }),
      { numRuns: 500 },
    );
  });

  it("reads what JSON.stringify writes", () => {
    fc.assert(
      fc.property(fc.jsonValue({ depthSize: "small" }), (value) => {
        const text = JSON.stringify(value);
        fc.pre(!/__proto__|constructor|prototype|\$import/.test(text));
        expect(parseYaml(text, "x.json").value).toEqual(JSON.parse(text));
      }),
    );
  });
});
