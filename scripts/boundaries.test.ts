import { globSync, readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname } from "node:path";
import { describe, expect, it } from "vitest";
import { brokenRules, importable, type Manifest, ownImports } from "./boundaries.ts";
import { inRoot, root } from "./project.mjs";

/** Files of the repository that people wrote or recorded, relative to its root. */
function files(...patterns: readonly string[]): readonly string[] {
  const skipped = new Set(["node_modules", "dist", ".towpath", ".turbo", ".venv", "__pycache__"]);
  return globSync(patterns, { cwd: root, exclude: (name) => skipped.has(basename(name)) }).filter((file) =>
    statSync(inRoot(file)).isFile(),
  );
}

function read(file: string): string {
  return readFileSync(inRoot(file), "utf8");
}

function manifestOf(folder: string): Manifest {
  return JSON.parse(read(`${folder}/package.json`));
}

const packages = files("packages/*/package.json").map(dirname);
const sources = files("packages/*/src/**/*.{ts,tsx}");
const shipped = sources.filter((file) => !file.endsWith(".test.ts"));

describe("the dependency rule", () => {
  it("looks at every package and its sources", () => {
    expect(packages.length).toBeGreaterThanOrEqual(10);
    expect(shipped.length).toBeGreaterThanOrEqual(packages.length);
  });

  it.each(packages)("%s declares only what its kind may need", (folder) => {
    expect(brokenRules(manifestOf(folder))).toEqual([]);
  });

  it.each(packages)("%s imports only what its kind may need", (folder) => {
    const { name } = manifestOf(folder);
    const allowed = importable(name);
    const broken = shipped
      .filter((file) => file.startsWith(`${folder}/`))
      .flatMap((file) => ownImports(read(file)).map((imported) => ({ file, imported })))
      .filter(({ imported }) => !allowed(imported));
    expect(broken).toEqual([]);
  });

  it("finds a plugin that needs another plugin, core that needs kit, and a plugin without the peer", () => {
    const peerDependencies = { "@towpath/core": "*" };
    const gate = { name: "@towpath/gate-x", dependencies: { "@towpath/gate-y": "*" }, peerDependencies };
    expect(brokenRules(gate)).toEqual(["@towpath/gate-x depends on @towpath/gate-y"]);
    expect(brokenRules({ name: "@towpath/core", dependencies: { "@towpath/kit": "*" } })).toHaveLength(1);
    expect(brokenRules({ name: "@towpath/gate-x" })).toEqual([
      "@towpath/gate-x lacks the peer @towpath/core",
    ]);
  });

  it("lets the pages need the statistics, and no plugin", () => {
    const dependencies = { "@towpath/history": "*" };
    expect(brokenRules({ name: "@towpath/dashboard", dependencies })).toEqual([]);
    expect(importable("@towpath/dashboard")("@towpath/history")).toBe(true);
    const gate = { name: "@towpath/gate-x", dependencies, peerDependencies: { "@towpath/core": "*" } };
    expect(brokenRules(gate)).toEqual(["@towpath/gate-x depends on @towpath/history"]);
    expect(importable("@towpath/gate-x")("@towpath/history")).toBe(false);
  });

  it("reads static, type and dynamic imports", () => {
    const source = [
      'import { a } from "@towpath/core";',
      'import type { B } from "@towpath/kit";',
      'export { c } from "@towpath/testkit";',
      'const d = await import("@towpath/gate-ruff");',
    ].join("\n");
    expect(ownImports(source)).toEqual([
      "@towpath/core",
      "@towpath/kit",
      "@towpath/testkit",
      "@towpath/gate-ruff",
    ]);
  });
});

describe("what the files may say", () => {
  const written = files(
    "packages/**/*",
    "examples/**/*",
    "scripts/**/*",
    "bench/**/*",
    "docs/**/*",
    "*.{json,jsonc,ts,md,yaml}",
  ).filter((file) => file !== "pnpm-lock.yaml");

  /** The files whose text a pattern matches, with the place. */
  function matches(pattern: RegExp, among: readonly string[] = written): readonly string[] {
    return among.flatMap((file) => {
      const found = pattern.exec(read(file));
      return found === null ? [] : [`${file}: ${found[0]}`];
    });
  }

  it("no file names the host of a package registry", () => {
    const hosts = ["registry.npmjs", "registry.yarnpkg", "npm.pkg.github", "pypi.org", "pythonhosted"];
    const self = "scripts/boundaries.test.ts";
    expect(
      matches(
        new RegExp(hosts.map((host) => RegExp.escape(host)).join("|"), "u"),
        written.filter((file) => file !== self),
      ),
    ).toEqual([]);
  });

  it("no file holds a path of the machine it was made on", () => {
    const places = [root, homedir()]
      .filter((place) => place.length > 2)
      .map((place) => RegExp.escape(`${place}/`));
    expect(matches(new RegExp(places.join("|"), "u"))).toEqual([]);
  });

  it("no source starts a shell", () => {
    expect(matches(/\bshell:\s*true\b/u, shipped)).toEqual([]);
  });
});
