import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { project, pythonEnv, runGate } from "@towpath/testkit";
import { describe, expect, it } from "vitest";
import pyright from "./index.ts";
import { parsePyright } from "./parse.ts";

const { env, python } = await pythonEnv();

const fixture = (name: string): string =>
  readFileSync(new URL(`../fixtures/pyright-1.1.414/${name}`, import.meta.url), "utf8");

/** A pyright of the team that gives a recorded answer about `src/foo/a.py`. */
function teamPyright(root: string, stdout: string, stderr: string, code: number): string {
  const report = stdout.replaceAll(/\/repo\/src\/\w+\/a\.py/g, `${root}/src/foo/a.py`);
  return `process.stdout.write(${JSON.stringify(report)}); process.stderr.write(${JSON.stringify(stderr)}); process.exitCode = ${code};`;
}

/** What the gate makes of a recorded answer. */
async function recorded(stdout: string, stderr: string, code: number) {
  const { root, write } = await project({
    "src/foo/a.py": "x = 1\n",
    "node_modules/pyright/package.json": '{"name": "pyright", "version": "1.1.414"}',
    ".gitignore": "node_modules\n",
  });
  await write("node_modules/pyright/index.js", teamPyright(root, stdout, stderr, code));
  return runGate(pyright(), "types", { root, env });
}

/** What the gate makes of files, asked of the real pyright. */
async function live(files: Record<string, string>, options: Parameters<typeof pyright>[0] = {}) {
  const { root } = await project(files);
  return runGate(pyright(options), "types", { root, env });
}

describe("types", () => {
  it("passes clean code and says what was measured", async () => {
    const result = await live({
      "src/foo/a.py": "def f(x: int) -> int:\n    return x\n",
      "src/foo/b.pyi": "x: int\n",
    });
    expect(result).toMatchObject({
      verdict: "passed",
      candidates: 2,
      checked: 2,
      measurements: [{ name: "type errors", value: 0, operator: "<=", threshold: 0 }],
      tool: { name: "pyright", version: "1.1.414", via: "embedded" },
    });
  });

  it("fails type errors and syntax errors, with columns in code points", async () => {
    const result = await live({ "src/foo/a.py": 'SMILE = "😀😀"; wrong: int = "one"\ndef broken(:\n' });
    expect(result.verdict).toBe("failed");
    expect(result.findings[0]).toMatchObject({
      rule: "reportAssignmentType",
      level: "error",
      file: "src/foo/a.py",
      range: { startLine: 1, startColumn: 28, endLine: 1, endColumn: 33 },
    });
    expect(result.findings.map(({ rule }) => rule)).toContain("syntax");
  });

  it("keeps the team's settings: strict mode, severities and excluded files", async () => {
    const result = await live({
      "src/foo/a.py": "import os\n\n\ndef f(x):\n    return x\n",
      "src/foo/generated.py": 'x: int = "one"\n',
      "pyrightconfig.json":
        '{"include": ["elsewhere"], "strict": ["src"], "exclude": ["**/generated.py"], "reportUnusedImport": "information"}',
    });
    expect(result).toMatchObject({ verdict: "failed", candidates: 2, checked: 1 });
    expect(result.findings.map(({ rule, level }) => `${rule} ${level}`)).toContain(
      "reportMissingParameterType error",
    );
    expect(result.findings.some(({ file }) => file === "src/foo/generated.py")).toBe(false);
    expect(result.warnings).toEqual(["pyright's configuration leaves out 1 of 2 files"]);
  });

  it("reports what pyright by itself reports of the same paths", async () => {
    const { root } = await project({
      "src/foo/__init__.py": "",
      "src/foo/a.py": "from .b import wrong\n\n\ndef f(x, y: int) -> str:\n    return wrong + x\n",
      "src/foo/b.py": 'wrong: int = "one"\n',
      "pyproject.toml": '[tool.pyright]\ntypeCheckingMode = "strict"\nreportUnknownMemberType = "warning"\n',
    });
    const { findings } = await runGate(pyright(), "types", { root, env });
    const script = createRequire(import.meta.url).resolve("pyright/index.js");
    const raw = spawnSync(process.execPath, [script, "--outputjson", "--pythonpath", python, "src/foo"], {
      cwd: root,
    });
    const { diagnostics } = parsePyright(raw.stdout.toString(), raw.status ?? -1);
    expect(diagnostics.length).toBeGreaterThanOrEqual(4);
    expect(
      findings.map(({ file, rule, level, message, range }) => [file, rule, level, message, range?.startLine]),
    ).toEqual(
      diagnostics.map(({ file, rule, severity, message, range }) => [
        file.slice(root.length + 1),
        rule,
        severity,
        message,
        range.start.line + 1,
      ]),
    );
  });

  it("reads the configuration nearest to the component", async () => {
    const { root } = await project({
      "services/foo/src/a.py": "def f(x):\n    return x\n",
      "services/foo/pyrightconfig.json": '{"typeCheckingMode": "strict"}',
      "pyrightconfig.json": '{"typeCheckingMode": "off"}',
    });
    const result = await runGate(pyright(), "types", {
      root,
      env,
      component: { source: ["services/foo/src"] },
    });
    expect(result.verdict).toBe("failed");
    expect(result.findings[0]?.file).toBe("services/foo/src/a.py");
  });

  it("warns of a setting that pyright does not know", async () => {
    const result = await live({
      "src/foo/a.py": "x = 1\n",
      "pyrightconfig.json": '{"typeCheckingMod": "strict"}',
    });
    expect(result).toMatchObject({
      verdict: "warned",
      warnings: ['Config contains unrecognized setting "typeCheckingMod".'],
    });
  });

  it("checks files whose names look like options, patterns or argument files", async () => {
    const wrong = 'x: int = "one"\n';
    const names = ["-p.py", "@x.py", "[id].py", "a b.py"];
    const result = await live(Object.fromEntries(names.map((name) => [`src/foo/${name}`, wrong])));
    expect(result).toMatchObject({ verdict: "failed", checked: 4 });
    expect(result.findings.map(({ file }) => file).toSorted()).toEqual(
      names.map((name) => `src/foo/${name}`),
    );
  });

  it("checks more files than fit into the arguments", async () => {
    const names = Array.from({ length: 300 }, (_, index) => `src/foo/${"deep".repeat(20)}_${index}.py`);
    const result = await live(Object.fromEntries(names.map((name) => [name, 'x: int = "one"\n'])));
    expect(result).toMatchObject({ verdict: "failed", candidates: 300, checked: 300 });
    expect(result.findings).toHaveLength(300);
  });

  it("tolerates as many errors as the team allows, and shows them", async () => {
    const files = { "src/foo/a.py": 'x: int = "one"\ny: int = "two"\n' };
    expect(await live(files, { maxErrors: 2 })).toMatchObject({
      verdict: "warned",
      measurements: [{ value: 2 }],
    });
    expect(await live(files, { maxErrors: 1 })).toMatchObject({
      verdict: "failed",
      measurements: [{ value: 2 }],
    });
  });

  it("fails warnings where the team says so", async () => {
    const files = { "src/foo/a.py": '__all__ = ["gone"]\n' };
    expect(await live(files)).toMatchObject({ verdict: "warned", findings: [{ level: "warning" }] });
    expect(await live(files, { warnings: "fail" })).toMatchObject({
      verdict: "failed",
      measurements: [
        { name: "type errors", value: 0 },
        { name: "type warnings", value: 1, threshold: 0 },
      ],
    });
  });

  it("speaks English whatever the language of the environment", async () => {
    const { root } = await project({ "src/foo/a.py": 'x: int = "one"\n' });
    const result = await runGate(pyright(), "types", { root, env: { ...env, LANG: "de" } });
    expect(result.findings[0]?.message).toContain("is not assignable to");
  });
});

describe("the environment", () => {
  it("is to blame for a module that is not installed, though there are other errors", async () => {
    const result = await live({
      "src/foo/a.py": 'import nowhere_to_be_found.deep\n\nx: int = "one"\n',
      "requirements.txt": "nowhere\n",
    });
    expect(result).toMatchObject({
      verdict: "errored",
      error: {
        kind: "environment",
        message: "a module is not installed: nowhere_to_be_found.deep",
        where: ["src/foo/a.py:1"],
      },
    });
    expect(result.error?.fix[0]).toMatch(/-m pip install -r requirements\.txt$/);
  });

  it("is not to blame for a module of the component that is missing", async () => {
    const result = await live({
      "src/foo/__init__.py": "",
      "src/foo/a.py": "import foo.gone\nfrom .lost import x\nimport os.gone\n",
    });
    expect(result.verdict).toBe("failed");
    expect(result.findings.map(({ rule }) => rule)).toEqual(Array(3).fill("reportMissingImports"));
  });

  it("does not count where the team's configuration makes it a warning", async () => {
    const result = await live({
      "src/foo/a.py": "import nowhere_to_be_found\n",
      "pyrightconfig.json": '{"reportMissingImports": "warning"}',
    });
    expect(result).toMatchObject({ verdict: "warned", findings: [{ rule: "reportMissingImports" }] });
  });

  it("is warned of when only the stubs of a module are there", async () => {
    const result = await live({ "src/foo/a.py": "import docutils\n" });
    expect(result).toMatchObject({ verdict: "warned", findings: [{ rule: "reportMissingModuleSource" }] });
  });
});

describe("untrusted code", () => {
  it("does not choose the pyright that checks it", async () => {
    const { root } = await project({
      "src/foo/a.py": 'x: int = "one"\n',
      "node_modules/pyright/package.json": '{"name": "pyright", "version": "1.1.414"}',
      "node_modules/pyright/index.js": `process.stdout.write(${JSON.stringify(fixture("clean.json"))});`,
    });
    expect(await runGate(pyright(), "types", { root, env })).toMatchObject({ tool: { via: "project" } });
    expect(await runGate(pyright(), "types", { root, env, trusted: false })).toMatchObject({
      verdict: "failed",
      tool: { via: "embedded" },
    });
  });
});

describe("regressions", () => {
  it("G05: pyright that ends with code 4 and prints nothing has not passed", async () => {
    const result = await recorded(fixture("bad-argument.json"), fixture("bad-argument.stderr"), 4);
    expect(result).toMatchObject({ verdict: "errored", error: { kind: "tool-config" } });
    expect(result.error?.why).toContain("does not exist");
  });

  it("G06: the report that pyright prints beside code 3 is not judged", async () => {
    const answer = await recorded(fixture("broken-config.json"), fixture("broken-config.stderr"), 3);
    expect(answer).toMatchObject({ verdict: "errored", error: { kind: "tool-config" }, findings: [] });
    const files = { "src/foo/a.py": "x = 1\n", "pyrightconfig.json": '{"strict": ' };
    expect(await live(files)).toMatchObject({ verdict: "errored", error: { kind: "tool-config" } });
  });

  it("G07: warnings and information are no errors", async () => {
    const result = await recorded(fixture("warnings.json"), "", 0);
    expect(result).toMatchObject({
      verdict: "warned",
      measurements: [{ name: "type errors", value: 0 }],
      details: { errors: 0, warnings: 1, information: 1 },
    });
    expect(result.findings.map(({ level }) => level)).toEqual(["warning", "note"]);
  });

  it("G08: imports that are not installed are no type errors", async () => {
    const { root } = await project({
      "src/imports/a.py": "import numpy as np\n",
      "src/imports/b.py": "X = 1\n",
    });
    const result = await runGate(pyright(), "types", { root, env, component: { name: "imports" } });
    expect(result).toMatchObject({ verdict: "errored", error: { kind: "environment" }, findings: [] });
    expect(result.error?.message).toContain("numpy");
  });

  it("G09: a folder without Python, or with nothing that pyright analyses, is no input", async () => {
    expect(await live({ "src/foo/readme.md": "" })).toMatchObject({
      verdict: "errored",
      error: { kind: "no-input" },
    });
    expect(await live({ "src/bar/a.py": "" })).toMatchObject({
      verdict: "errored",
      error: { kind: "no-input" },
    });
    const excluded = { "src/foo/a.py": "x = 1\n", "pyrightconfig.json": '{"exclude": ["src"]}' };
    expect(await live(excluded)).toMatchObject({ verdict: "errored", error: { kind: "no-input" } });
    expect(await recorded(fixture("empty.json"), "", 0)).toMatchObject({ error: { kind: "no-input" } });
  });

  it("G26: all findings are kept, not the first ten", async () => {
    const lines = Array.from({ length: 40 }, (_, index) => `x${index}: int = "one"\n`);
    const result = await live({ "src/foo/a.py": lines.join("") });
    expect(result.findings).toHaveLength(40);
    expect(new Set(result.findings.map(({ fingerprint }) => fingerprint)).size).toBe(40);
  });
});

describe("breakage", () => {
  it.each([
    ["a crash", "", "FATAL ERROR: out of memory", 134, "tool-crash"],
    ["code 2 with a clean report", fixture("clean.json"), "", 2, "tool-crash"],
    ["no report", "", "", 0, "parse"],
    ["half a report", fixture("errors.json").slice(0, 500), "", 1, "parse"],
    ["a clean report with code 1", fixture("clean.json"), "", 1, "mismatch"],
    ["errors with code 0", fixture("errors.json"), "", 0, "mismatch"],
    [
      "more files than it was given",
      fixture("clean.json").replace('Analyzed": 1', 'Analyzed": 9'),
      "",
      0,
      "mismatch",
    ],
    ["a file that it was not given", fixture("errors.json").replaceAll("/a.py", "/b.py"), "", 1, "mismatch"],
  ])("is what %s is", async (_, stdout, stderr, code, kind) => {
    expect(await recorded(stdout, stderr, code)).toMatchObject({
      verdict: "errored",
      error: { kind },
      findings: [],
    });
  });

  it("is a pyright too old to be read", async () => {
    const { root } = await project({
      "src/foo/a.py": "x = 1\n",
      "node_modules/pyright/package.json": '{"name": "pyright", "version": "1.1.99"}',
    });
    expect(await runGate(pyright(), "types", { root, env })).toMatchObject({
      error: { kind: "tool-version" },
    });
  });
});
