import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { GateContext, Target } from "@towpath/core";
import { project, pythonEnv, runInMemory } from "@towpath/testkit";
import { describe, expect, it } from "vitest";
import { clean, dirty, dirtySource } from "../test/sample.ts";
import { fix } from "./fix.ts";
import ruff, { type RuffUserOptions } from "./index.ts";

type Files = Readonly<Record<string, string | Uint8Array>>;
type Fixes = readonly { readonly files: readonly string[]; readonly patch: string }[];

interface Fixed {
  readonly fixes: Fixes;
  readonly warnings: readonly string[];
  readonly root: string;
  read(file: string): Promise<string>;
}

async function fixWith(
  gate: "lint" | "format",
  files: Files,
  setup: { options?: RuffUserOptions; target?: Target; env?: Record<string, string | undefined> } = {},
): Promise<Fixed> {
  const { root } = await project(files, { git: true });
  const { report } = await runInMemory({
    plugins: [ruff(setup.options)],
    root,
    fix: true,
    only: [gate],
    env: setup.env ?? (await pythonEnv()).env,
    ...(setup.target === undefined ? {} : { target: setup.target }),
  });
  return {
    fixes: report.stages.flatMap((stage) => stage.fixes),
    warnings: report.warnings.map(({ message }) => message),
    root,
    read: (file) => readFile(join(root, file), "utf8"),
  };
}

const untidy = 'name="foo"\n';

describe("fix of lint", () => {
  it("applies safe fixes alone, and the patch undoes them in reverse", async () => {
    const { fixes, read, root } = await fixWith("lint", dirty);
    expect(fixes).toMatchObject([{ files: ["src/foo/dirty.py"] }]);
    expect(await read("src/foo/dirty.py")).toBe(dirtySource.replace("import os\n", ""));
    await reverse(root, fixes);
    expect(await read("src/foo/dirty.py")).toBe(dirtySource);
  });

  it("applies no unsafe fix, even if the project's configuration allows it", async () => {
    const config = 'unsafe-fixes = true\n[lint]\nselect = ["F841"]\n';
    const { fixes, read } = await fixWith("lint", { ...dirty, "ruff.toml": config });
    expect(fixes).toEqual([]);
    expect(await read("src/foo/dirty.py")).toBe(dirtySource);
  });

  it("never touches tests or other files, wherever they lie", async () => {
    const files = {
      ...clean,
      "tests/test_names.py": "import os\n",
      "src/foo/test_inside.py": "import os\n",
      "src/foo/conftest.py": "import os\n",
      "src/foo/tests/helper.py": "import os\n",
      "src/foo/pyproject.toml": "[project]\n",
    };
    const { fixes } = await fixWith("lint", files);
    expect(fixes).toEqual([]);
  });

  it("leaves files out that the configuration excludes", async () => {
    const { fixes } = await fixWith("lint", { ...dirty, "ruff.toml": 'exclude = ["dirty.py"]\n' });
    expect(fixes).toEqual([]);
  });

  it("changes nothing when ruff breaks, and says so", async () => {
    const { fixes, warnings, read } = await fixWith("lint", { ...dirty, "ruff.toml": "bogus = 1\n" });
    expect(fixes).toEqual([]);
    expect(warnings).toEqual([expect.stringContaining("configuration")]);
    expect(await read("src/foo/dirty.py")).toBe(dirtySource);
  });

  it("changes nothing without the program, as the embedded engine knows no safe fix", async () => {
    const { fixes, read } = await fixWith("lint", dirty, { options: { engine: "wasm" }, env: { PATH: "" } });
    expect(fixes).toEqual([]);
    expect(await read("src/foo/dirty.py")).toBe(dirtySource);
  });

  it("fixes more files than one process is given", async () => {
    const many = Object.fromEntries(
      Array.from({ length: 250 }, (_, index) => [`src/foo/m${index}.py`, "import os\n"]),
    );
    const { fixes } = await fixWith("lint", { ...clean, ...many });
    expect(fixes[0]?.files).toHaveLength(250);
  });

  it("is refused on the way to production", async () => {
    // The refusal comes before anything else of the context is looked at.
    const ctx = { target: "production" } as GateContext;
    const threshold = {
      name: "lint issues",
      unit: "issues",
      operator: "<=",
      threshold: 0,
      source: "",
    } as const;
    const options = { engine: "auto", lint: { maxIssues: 0 } } as const;
    await expect(fix(ctx, { command: "check", options, threshold })).rejects.toMatchObject({
      kind: "plugin",
    });
  });
});

describe("fix of format", () => {
  it("formats the source, not the tests, and the patch undoes it in reverse", async () => {
    const files = { ...clean, "src/foo/names.py": untidy, "tests/test_names.py": untidy };
    const { fixes, read, root } = await fixWith("format", files);
    expect(fixes).toMatchObject([{ files: ["src/foo/names.py"] }]);
    expect(await read("src/foo/names.py")).toBe('name = "foo"\n');
    expect(await read("tests/test_names.py")).toBe(untidy);
    await reverse(root, fixes);
    expect(await read("src/foo/names.py")).toBe(untidy);
  });

  it("formats what it can beside a file with a syntax error", async () => {
    const { fixes } = await fixWith("format", {
      ...clean,
      "src/foo/names.py": untidy,
      "src/foo/broken.py": "def (:\n",
    });
    expect(fixes).toMatchObject([{ files: ["src/foo/names.py"] }]);
  });
});

async function reverse(root: string, fixes: Fixes): Promise<void> {
  const patch = join((await project({})).root, "fix.patch");
  await writeFile(patch, fixes.map((one) => one.patch).join(""));
  await promisify(execFile)("git", ["apply", "--reverse", patch], { cwd: root });
}
