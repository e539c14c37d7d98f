import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { GateResult } from "@towpath/core";
import { fakeTool, project, pythonEnv, runGate, runGateOnMany } from "@towpath/testkit";
import { describe, expect, it } from "vitest";
import { recorded } from "../test/recorded.ts";
import { clean, dirty, dirtySource } from "../test/sample.ts";
import ruff, { type RuffUserOptions } from "./index.ts";

type Files = Readonly<Record<string, string | Uint8Array>>;

async function run(gate: "lint" | "format", files: Files, options?: RuffUserOptions): Promise<GateResult> {
  const { root } = await project(files, { git: true });
  return runGate(ruff(options), gate, { root, env: (await pythonEnv()).env });
}

describe("lint with the ruff program", () => {
  it("passes a clean component and says what was looked at, by what, and against what", async () => {
    const result = await run("lint", clean);
    expect(result).toMatchObject({
      verdict: "passed",
      candidates: 3,
      checked: 3,
      findings: [],
      warnings: [],
      notes: [],
      tool: { name: "ruff", via: "environment" },
      measurements: [{ name: "lint issues", value: 0, unit: "issues", operator: "<=", threshold: 0 }],
    });
    expect(result.measurements[0]?.source).not.toBe("");
  });

  it("fails on issues and reports rule, place in code points, link and fix of each", async () => {
    const result = await run("lint", dirty);
    expect(result).toMatchObject({ verdict: "failed", code: "TP3101", measurements: [{ value: 4 }] });
    expect(result.findings.map(({ rule, file, level }) => [rule, file, level])).toEqual(
      ["F401", "E702", "F821", "F841"].map((rule) => [rule, "src/foo/dirty.py", "error"]),
    );
    expect(result.findings[0]).toMatchObject({
      message: "`os` imported but unused",
      ruleUrl: "https://docs.astral.sh/ruff/rules/unused-import",
      fix: {
        kind: "edit",
        applicability: "safe",
        edits: [{ range: { startLine: 1, startColumn: 1, endLine: 2, endColumn: 1 }, text: "" }],
      },
    });
    expect(result.findings[2]?.range).toEqual({ startLine: 3, startColumn: 20, endLine: 3, endColumn: 34 });
    expect(result.findings[3]?.fix).toMatchObject({ kind: "edit", applicability: "unsafe" });
  });

  it("shows a fix that ruff only displays as words, never as an edit", async () => {
    const config = '[tool.ruff.lint]\nselect = ["ERA001"]\n';
    const source = "x = 1\n# y = 2\n";
    const result = await run("lint", { ...clean, "pyproject.toml": config, "src/foo/old.py": source });
    expect(result).toMatchObject({
      verdict: "failed",
      findings: [{ rule: "ERA001", fix: { kind: "text", text: "Remove commented-out code" } }],
    });
  });

  it("turns as many issues as are tolerated into warnings, and one more into errors", async () => {
    const within = await run("lint", dirty, { lint: { maxIssues: 4 } });
    expect(within).toMatchObject({ verdict: "warned", measurements: [{ value: 4, threshold: 4 }] });
    expect(new Set(within.findings.map(({ level }) => level))).toEqual(new Set(["warning"]));
    const beyond = await run("lint", dirty, { lint: { maxIssues: 3 } });
    expect(beyond).toMatchObject({ verdict: "failed", measurements: [{ value: 4, threshold: 3 }] });
    expect(new Set(beyond.findings.map(({ level }) => level))).toEqual(new Set(["error"]));
  });

  it("never tolerates a syntax error", async () => {
    const result = await run(
      "lint",
      { ...clean, "src/foo/broken.py": "def (:\n" },
      { lint: { maxIssues: 100 } },
    );
    expect(result.verdict).toBe("failed");
    expect(result.findings[0]).toMatchObject({
      rule: "invalid-syntax",
      level: "error",
      file: "src/foo/broken.py",
    });
  });

  it("takes the project's configuration, and says how many files it leaves out", async () => {
    const config = '[tool.ruff.lint]\nselect = ["F"]\nexclude = ["dirty.py"]\n';
    const result = await run("lint", { ...dirty, "pyproject.toml": config });
    expect(result).toMatchObject({ verdict: "passed", candidates: 4, checked: 3 });
    expect(result.notes).toEqual(["1 of 4 files left out by ruff's configuration or ignore files"]);
    expect(result.details).toEqual({ skipped: ["src/foo/dirty.py"] });
  });

  it("keeps to an exclusion of a path that the component names itself", async () => {
    const { root } = await project({ ...clean, "ruff.toml": 'exclude = ["names.py"]\n' });
    const component = { source: ["src/foo/names.py"], tests: [] };
    const result = await runGate(ruff(), "lint", { root, component, env: (await pythonEnv()).env });
    expect(result).toMatchObject({
      verdict: "errored",
      candidates: 1,
      checked: 0,
      error: { kind: "no-input" },
    });
  });

  it("notes that no configuration was found, without lowering the verdict", async () => {
    const { "pyproject.toml": _, ...unconfigured } = clean;
    const result = await run("lint", { ...unconfigured, "tests/test_names.py": '"""Nothing to say."""\n' });
    expect(result.verdict).toBe("passed");
    expect(result.notes).toEqual([
      `no ruff configuration: the default rules of ruff ${result.tool?.version} apply`,
    ]);
  });

  it("neither edits files nor loses its report when the project's configuration asks for it", async () => {
    const config = `fix = true\nfix-only = true\nunsafe-fixes = true\noutput-format = "concise"\n[lint]\nselect = ["F"]\n`;
    const { root } = await project({ ...dirty, "ruff.toml": config });
    const { env } = await pythonEnv();
    const diverted = { ...env, RUFF_OUTPUT_FILE: join(root, "report.json"), RUFF_OUTPUT_FORMAT: "concise" };
    const result = await runGate(ruff(), "lint", { root, env: diverted });
    expect(result.findings.map(({ rule }) => rule)).toEqual(["F401", "F821", "F841"]);
    expect(await readFile(join(root, "src/foo/dirty.py"), "utf8")).toBe(dirtySource);
    await expect(readFile(join(root, "report.json"))).rejects.toThrow("ENOENT");
  });

  it("does not take a file name for an argument", async () => {
    const result = await run("lint", {
      ...clean,
      "src/foo/@names.py": "import os\n",
      "src/foo/--exit-zero.py": "",
    });
    expect(result.findings.map(({ file }) => file)).toEqual(["src/foo/@names.py"]);
    expect(result.checked).toBe(5);
  });

  it("checks several components in one process and answers for each as if alone", async () => {
    const { root } = await project({
      ...clean,
      "src/bar/a.py": "import os\n",
      "src/bar/b.py": "import sys\n",
      "src/baz/a.py": 'text = "\u00ff"\n',
    });
    const { env } = await pythonEnv();
    const components = [
      { name: "foo" },
      { name: "bar", tests: [] },
      { name: "gone", tests: [] },
      { name: "baz", tests: [] },
    ];
    let processes = 0;
    const results = await runGateOnMany(ruff(), "lint", {
      root,
      env,
      components,
      exec: (real) => (request) => {
        if (request.args.includes("check")) processes += 1;
        return real(request);
      },
    });
    expect(results.map(({ verdict, candidates, checked }) => [verdict, candidates, checked])).toEqual([
      ["passed", 3, 3],
      ["failed", 2, 2],
      ["errored", 0, 0],
      ["passed", 1, 1],
    ]);
    expect(results[1]?.findings.map(({ file }) => file)).toEqual(["src/bar/a.py", "src/bar/b.py"]);
    expect(processes).toBe(1);
  });

  it("a component that breaks ruff does not take the others with it", async () => {
    const { root } = await project({ ...clean, "src/bar/ruff.toml": "bogus = 1\n", "src/bar/a.py": "" });
    const components = [{ name: "foo" }, { name: "bar", tests: [] }];
    const results = await runGateOnMany(ruff(), "lint", { root, env: (await pythonEnv()).env, components });
    expect(results.map(({ verdict, error }) => [verdict, error?.kind])).toEqual([
      ["passed", undefined],
      ["errored", "tool-config"],
    ]);
  });
});

describe("a report that names other files", () => {
  const { stdout, stderr } = recorded("check-dirty");

  async function lintWith(file: string | null): Promise<GateResult> {
    const { root } = await project({ "src/foo/a.py": "", "src/foo/b.py": "", "tests/test_foo.py": "" });
    const entries: { filename: string | null }[] = JSON.parse(stdout);
    const tools = await project({});
    const command = await fakeTool(tools.root, "ruff", {
      version: "ruff 0.17.6",
      stdout: JSON.stringify(entries.map((entry) => ({ ...entry, filename: file }))),
      stderr: stderr.replaceAll("/repo", root),
      exit: 1,
    });
    return runGate(ruff({ command }), "lint", { root });
  }

  it.each(["/elsewhere/a.py", "../a.py", "src/fooled/a.py"])("%s is breakage, never a pass", async (file) => {
    expect(await lintWith(file)).toMatchObject({ verdict: "errored", error: { kind: "mismatch" } });
  });

  it("or none still fails the component", async () => {
    expect(await lintWith(null)).toMatchObject({ verdict: "failed", measurements: [{ value: 4 }] });
  });
});

it("warns of a configuration outside the repository, as other machines do not have it", async () => {
  const outer = await project({ "ruff.toml": '[lint]\nselect = ["F"]\n' });
  const { "pyproject.toml": _, ...files } = clean;
  for (const [path, text] of Object.entries(files)) await outer.write(`repo/${path}`, text);
  const { env } = await pythonEnv();
  const result = await runGate(ruff(), "lint", { root: join(outer.root, "repo"), env });
  expect(result).toMatchObject({ verdict: "warned", notes: [] });
  expect(result.warnings).toEqual([expect.stringContaining(join(outer.root, "ruff.toml"))]);
});

describe("format with the ruff program", () => {
  it("passes formatted files", async () => {
    expect(await run("format", clean)).toMatchObject({
      verdict: "passed",
      candidates: 3,
      checked: 3,
      findings: [],
    });
  });

  it("fails on a file that would change, and says how", async () => {
    const result = await run("format", { ...clean, "src/foo/names.py": 'name="foo"\n' });
    expect(result).toMatchObject({
      verdict: "failed",
      code: "TP3102",
      measurements: [{ value: 1, threshold: 0 }],
    });
    expect(result.findings).toMatchObject([
      {
        rule: "unformatted",
        file: "src/foo/names.py",
        level: "error",
        range: { startLine: 1, startColumn: 5, endLine: 1, endColumn: 6 },
        fix: { kind: "edit", applicability: "safe", edits: [{ text: " = " }] },
      },
    ]);
  });

  it("fails on a syntax error, though ruff exits with 2", async () => {
    const result = await run("format", { ...clean, "src/foo/broken.py": "def (:\n" });
    expect(result.verdict).toBe("failed");
    expect(result.findings).toMatchObject([{ rule: "invalid-syntax", file: "src/foo/broken.py" }]);
  });

  it("counts no file that format.exclude leaves out", async () => {
    const config = '[format]\nexclude = ["*"]\n';
    const result = await run("format", { ...clean, "ruff.toml": config });
    expect(result).toMatchObject({ verdict: "errored", error: { kind: "no-input" } });
  });
});

describe("the options", () => {
  it.each([
    { engine: "fast" },
    { lint: { max: 1 } },
    { lint: { maxIssues: -1 } },
    { cmd: "ruff" },
    { engine: "wasm", command: "ruff" },
  ])("%j are refused", async (given) => {
    // Deliberately not of the type: users of YAML can write anything.
    const { ok } = await ruff(given as RuffUserOptions).validate();
    expect(ok).toBe(false);
  });

  it.each([undefined, {}, { engine: "native" }, { command: "tools/ruff", lint: { maxIssues: 3 } }] as const)(
    "%j are accepted",
    async (given) => {
      expect(await ruff(given).validate()).toMatchObject({ ok: true });
    },
  );

  it("`command` names the program, and a missing one is breakage rather than a reason to take another", async () => {
    const { root } = await project(clean);
    const result = await runGate(ruff({ command: "no-such-ruff" }), "lint", { root });
    expect(result).toMatchObject({ verdict: "errored", error: { kind: "tool-missing" } });
  });
});
