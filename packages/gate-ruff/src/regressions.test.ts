import { access } from "node:fs/promises";
import { join } from "node:path";
import { fakeTool, type FakeBehaviour, project, pythonEnv, runGate } from "@towpath/testkit";
import type { GateResult } from "@towpath/core";
import { describe, expect, it } from "vitest";
import { recorded } from "../test/recorded.ts";
import { clean } from "../test/sample.ts";
import ruff from "./index.ts";

/** Runs the lint gate with a program that stands in for ruff. */
async function lintWith(behaviour: FakeBehaviour, setup: { timeoutMs?: number } = {}): Promise<GateResult> {
  const { root } = await project(clean);
  const tools = await project({});
  const command = await fakeTool(tools.root, "ruff", { version: "ruff 0.17.6", ...behaviour });
  return runGate(ruff({ command }), "lint", { root, ...setup });
}

async function lintReal(files: Readonly<Record<string, string | Uint8Array>>): Promise<GateResult> {
  const { root } = await project(files, { git: true });
  return runGate(ruff(), "lint", { root, env: (await pythonEnv()).env });
}

describe("G01: a broken configuration is not zero issues", () => {
  it.each(["[tool.ruff]\nbogus = 1\n", '[tool.ruff.lint]\nselect = ["ZZZ9"]\n', "[tool.ruff\n"])(
    "%j",
    async (config) => {
      const result = await lintReal({ ...clean, "pyproject.toml": config });
      expect(result).toMatchObject({ verdict: "errored", error: { kind: "tool-config" } });
      expect(result.error?.why).toMatch(/bogus|ZZZ9|TOML/);
    },
  );
});

describe("G02: a report that cannot be read is not zero issues", () => {
  const { stdout, stderr } = recorded("check-dirty");
  it.each<[string, FakeBehaviour]>([
    ["no report at exit 0", { stdout: "", stderr, exit: 0 }],
    ["no report at exit 1", { stdout: "", stderr, exit: 1 }],
    ["a warning before the report", { stdout: `warning: old setting\n${stdout}`, stderr, exit: 1 }],
    ["half a report", { stdout: stdout.slice(0, stdout.length / 2), stderr, exit: 1 }],
    ["bytes that are no text", { stdout: new Uint8Array([0x5b, 0xff, 0xfe, 0x5d]), stderr, exit: 0 }],
  ])("%s", async (_, behaviour) => {
    expect(await lintWith(behaviour)).toMatchObject({ verdict: "errored", error: { kind: "parse" } });
  });

  it("a program that ends by a signal has not passed", async () => {
    const result = await lintWith({ stdout: "[]", signal: "SIGSEGV" });
    expect(result).toMatchObject({ verdict: "errored", error: { kind: "tool-crash" } });
  });
});

describe("G03: what cannot be read is neither a lint issue nor nothing", () => {
  it("a declared path that is absent is named", async () => {
    const { "tests/test_names.py": _, ...untested } = clean;
    const result = await lintReal(untested);
    expect(result).toMatchObject({ verdict: "errored", findings: [], error: { kind: "no-input" } });
    expect(result.error?.message).toContain("tests");
  });

  it.each([
    ["when the rule for it is selected", ["E902", "F"]],
    ["when the rule for it is not selected, and ruff exits with 0", ["F"]],
  ])("a file that is not UTF-8 is named %s", async (_, select) => {
    const config = `[lint]\nselect = ${JSON.stringify(select)}\n`;
    const bytes = new Uint8Array([0x78, 0x3d, 0x22, 0xff, 0x22]);
    const result = await lintReal({ ...clean, "ruff.toml": config, "src/foo/latin.py": bytes });
    expect(result).toMatchObject({ verdict: "errored", findings: [], error: { kind: "no-input" } });
    expect(result.error?.where).toEqual(["src/foo/latin.py"]);
  });
});

describe("G05: a program that says nothing has not passed", () => {
  it.each([0, 1, 2, 4, 101])("with exit %d and empty streams", async (exit) => {
    expect((await lintWith({ stdout: "", exit })).verdict).toBe("errored");
  });
});

describe("G09: nothing looked at is not a pass", () => {
  it("an empty source folder", async () => {
    const files = { "pyproject.toml": "", "src/foo/py.typed": "", "tests/data.txt": "" };
    expect(await lintReal(files)).toMatchObject({ verdict: "errored", error: { kind: "no-input" } });
  });

  it.each(['exclude = ["src", "tests"]', 'include = ["lib/*.py"]', '[lint]\nexclude = ["*"]'])(
    "a configuration that leaves out every file: %j",
    async (config) => {
      expect(await lintReal({ ...clean, "ruff.toml": `${config}\n` })).toMatchObject({
        verdict: "errored",
        candidates: 3,
        checked: 0,
        error: { kind: "no-input" },
      });
    },
  );
});

describe("G14: the time limit is no finding", () => {
  it("a program that hangs", async () => {
    const result = await lintWith({ hang: true }, { timeoutMs: 300 });
    expect(result).toMatchObject({ verdict: "errored", findings: [], error: { kind: "timeout" } });
  });
});

describe("G26: every issue is stored", () => {
  it("not the first ten", async () => {
    const imports = Array.from({ length: 250 }, (_, index) => `import module_${index}\n`).join("");
    const result = await lintReal({ ...clean, "src/foo/many.py": imports });
    const issues = result.findings.filter(({ rule }) => rule === "F401");
    expect(issues).toHaveLength(250);
    expect(new Set(issues.map(({ fingerprint }) => fingerprint)).size).toBe(250);
    expect(result.measurements[0]?.value).toBe(result.findings.length);
  });
});

it("an unknown option of an old program is a matter of its version", async () => {
  const { stderr } = recorded("check-unknown-flag");
  const result = await lintWith({ stderr, exit: 2 });
  expect(result).toMatchObject({ verdict: "errored", error: { kind: "tool-version" } });
});

it("a program older than its report can be read is refused before it runs", async () => {
  const { root } = await project(clean);
  const tools = await project({});
  const ran = join(tools.root, "ran");
  const script = `require("node:fs").writeFileSync(${JSON.stringify(ran)}, "")`;
  const command = await fakeTool(tools.root, "ruff", { version: "ruff 0.11.13", script });
  const result = await runGate(ruff({ command }), "lint", { root });
  expect(result).toMatchObject({ verdict: "errored", error: { kind: "tool-version" } });
  await expect(access(ran)).rejects.toThrow("ENOENT");
});
