import type { Finding, GateResult } from "@towpath/core";
import { project, pythonEnv, runGate, runGateOnMany } from "@towpath/testkit";
import { describe, expect, it } from "vitest";
import { clean, dirty } from "../../test/sample.ts";
import ruff, { type RuffUserOptions } from "../index.ts";

type Gate = "lint" | "format";
type Files = Readonly<Record<string, string | Uint8Array>>;

async function runWasm(gate: Gate, files: Files): Promise<GateResult> {
  const { root } = await project(files, { git: true });
  return runGate(ruff({ engine: "wasm" }), gate, { root, env: { PATH: "" } });
}

/** A project that uses most of what the embedded engine cannot do by itself. */
const configured: Files = {
  "pyproject.toml": [
    '[project]\nrequires-python = ">=3.11"',
    '[tool.ruff]\nextend = "conf/ruff-base.toml"\nextend-exclude = ["gen_*.py"]',
    '[tool.ruff.lint.per-file-ignores]\n"__init__.py" = ["F401"]\n"tests/*" = ["S101", "ANN"]',
    '[tool.ruff.format]\nexclude = ["src/foo/legacy/*"]',
  ].join("\n"),
  "conf/ruff-base.toml":
    'line-length = 60\n[lint]\nselect = ["E", "F", "I", "UP", "S", "ANN", "RUF"]\nignore = ["ANN002"]\n',
  "src/foo/__init__.py": "from foo.a import f\n",
  "src/foo/a.py": [
    "import requests",
    "from foo import b",
    "import os, typing",
    'face = "😀"; name = undefined_name',
    "def f(x: typing.Optional[int], *args):",
    "    try: return x  # noqa: E701",
    "    except* ValueError: assert name, 'a line that is longer than sixty characters'",
    "",
  ].join("\n"),
  "src/foo/b.py": "import sys\r\nvalue = [ 1,2 ]\r\n",
  "src/foo/broken.py": "def (:\n",
  "src/foo/gen_c.py": "import os\n",
  "src/foo/dist/d.py": "import os\n",
  "src/foo/legacy/e.py": "x = {  }\n",
  "src/foo/strict/.ruff.toml": '[lint]\nselect = ["D1"]\n',
  "src/foo/strict/g.py": "import os\nx=1\n",
  "tests/test_a.py": "import os\nfrom foo.a import f\nimport zlib\n\n\ndef test_f():\n    assert f(1)\n",
};

describe("the embedded engine", () => {
  it.each<Gate>(["lint", "format"])("%s finds what the program finds, at the same places", async (gate) => {
    const { root } = await project(configured, { git: true });
    const { env } = await pythonEnv();
    const of = (options: RuffUserOptions): Promise<GateResult> => runGate(ruff(options), gate, { root, env });
    const native = await of({ engine: "native" });
    const wasm = await of({ engine: "wasm" });
    expect(native.findings.length).toBeGreaterThan(3);
    expect(places(wasm)).toEqual(places(native));
    expect(wasm).toMatchObject({ verdict: "failed", candidates: native.candidates, checked: native.checked });
    expect(wasm.details).toEqual(native.details);
  });

  it("gives findings the same fingerprints as the program", async () => {
    const { root } = await project(dirty);
    const { env } = await pythonEnv();
    const [native, wasm] = [
      await runGate(ruff(), "lint", { root, env }),
      await runGate(ruff({ engine: "wasm" }), "lint", { root }),
    ];
    expect(prints(wasm)).toEqual(prints(native));
    expect(wasm.tool).toMatchObject({ name: "ruff", engine: "wasm", via: "embedded" });
  });

  it.each<Gate>(["lint", "format"])(
    "%s passes a clean component without Python, and says what it cannot do",
    async (gate) => {
      const result = await runWasm(gate, clean);
      expect(result).toMatchObject({ verdict: "passed", candidates: 3, checked: 3, warnings: [] });
      expect(result.notes).toEqual([expect.stringContaining("embedded engine")]);
    },
  );

  it("counts columns in code points", async () => {
    const { findings } = await runWasm("lint", dirty);
    expect(findings.find(({ rule }) => rule === "F821")?.range).toEqual({
      startLine: 3,
      startColumn: 20,
      endLine: 3,
      endColumn: 34,
    });
  });

  it("calls no lint fix safe, as it cannot know", async () => {
    const { findings } = await runWasm("lint", dirty);
    const fixes = findings.flatMap(({ fix }) => (fix?.kind === "edit" ? [fix.applicability] : []));
    expect(fixes.length).toBeGreaterThan(0);
    expect(new Set(fixes)).toEqual(new Set(["unsafe"]));
  });

  it("notes that no configuration was found", async () => {
    const { "pyproject.toml": _, ...unconfigured } = clean;
    const { notes } = await runWasm("format", unconfigured);
    expect(notes).toContainEqual(expect.stringContaining("no ruff configuration"));
  });

  it.each<Gate>(["lint", "format"])("%s does not pass over a file that is not UTF-8", async (gate) => {
    const result = await runWasm(gate, {
      ...clean,
      "src/foo/latin.py": new Uint8Array([0x78, 0x3d, 0x22, 0xff, 0x22]),
    });
    expect(result).toMatchObject({
      verdict: "errored",
      error: { kind: "no-input", where: ["src/foo/latin.py"] },
    });
    expect(result.error?.why).toContain("UTF-8");
  });

  it("warns of stubs and notebooks, which it cannot read", async () => {
    const result = await runWasm("lint", { ...clean, "src/foo/names.pyi": "name: str\n" });
    expect(result).toMatchObject({ verdict: "warned", candidates: 4, checked: 3 });
    expect(result.warnings).toEqual([expect.stringContaining("src/foo/names.pyi")]);
  });

  it("warns a component of its own files alone, when several are checked together", async () => {
    const { root } = await project({ ...clean, "src/bar/a.py": "import os\n", "src/bar/b.pyi": "" });
    const components = [{ name: "foo" }, { name: "bar", tests: [] }];
    const results = await runGateOnMany(ruff({ engine: "wasm" }), "lint", { root, components });
    expect(results.map(({ verdict, warnings }) => [verdict, warnings.length])).toEqual([
      ["passed", 0],
      ["failed", 1],
    ]);
  });

  it.each(["bogus = 1\n", '[lint]\nselect = ["ZZZ9"]\n', 'required-version = "==0.1.0"\n', "[lint\n"])(
    "a configuration that it rejects is breakage: %j",
    async (config) => {
      const result = await runWasm("lint", { ...clean, "ruff.toml": config });
      expect(result).toMatchObject({ verdict: "errored", error: { kind: "tool-config" } });
    },
  );

  it("nesting that is too deep for it is breakage, not a pass", async () => {
    const result = await runWasm("lint", { ...clean, "src/foo/deep.py": `x = ${"(".repeat(200_000)}` });
    expect(result).toMatchObject({ verdict: "errored", error: { kind: "tool-crash" } });
    expect(result.error?.message).toContain("src/foo/deep.py");
  });
});

describe("engine: auto", () => {
  it("takes the embedded engine where no ruff is found", async () => {
    const { root } = await project(clean);
    const { tool } = await runGate(ruff(), "lint", { root, env: { PATH: "" } });
    expect(tool).toMatchObject({ engine: "wasm", via: "embedded" });
  });

  it("takes the program where there is one", async () => {
    const { root } = await project(clean);
    const { tool } = await runGate(ruff(), "lint", { root, env: (await pythonEnv()).env });
    expect(tool?.engine).not.toBe("wasm");
  });

  it("does not take the embedded engine in place of a program that was named and is missing", async () => {
    const { root } = await project(clean);
    const result = await runGate(ruff(), "lint", { root, env: { PATH: "", TOWPATH_RUFF: "/no/such/ruff" } });
    expect(result).toMatchObject({ verdict: "errored", error: { kind: "tool-missing" } });
  });

  it("takes the embedded engine in untrusted mode where only the checked tree has a ruff", async () => {
    const { root } = await project({ ...clean, ".venv/bin/ruff": "#!/bin/sh\n" });
    const { tool } = await runGate(ruff(), "lint", { root, env: { PATH: "" }, trusted: false });
    expect(tool).toMatchObject({ engine: "wasm" });
  });

  it("`native` demands the program", async () => {
    const { root } = await project(clean);
    const result = await runGate(ruff({ engine: "native" }), "lint", { root, env: { PATH: "" } });
    expect(result).toMatchObject({ verdict: "errored", error: { kind: "tool-missing" } });
  });
});

function places({ findings }: GateResult): unknown[] {
  return findings.map(({ rule, file, range }) => ({ rule, file, range })).toSorted(byPlace);
}

function prints({ findings }: GateResult): string[] {
  return findings.map(({ fingerprint }) => fingerprint).toSorted();
}

type Place = Pick<Finding, "rule"> & { file: string | undefined; range: Finding["range"] };

function byPlace(a: Place, b: Place): number {
  const key = ({ rule, file, range }: Place): string =>
    [file, range?.startLine, range?.startColumn, rule].map((part) => String(part).padStart(6)).join(":");
  return key(a) < key(b) ? -1 : 1;
}
