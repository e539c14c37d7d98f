import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fakeTool, project, pythonEnv, runGate } from "@towpath/testkit";
import { describe, expect, it } from "vitest";
import complexity, { type ComplexityUserOptions } from "./index.ts";

const { env } = await pythonEnv();

const fixture = (name: string): string =>
  readFileSync(new URL(`../fixtures/radon-6.0.1/${name}.json`, import.meta.url), "utf8");

/** A function with so many independent paths. */
function branchy(name: string, paths: number): string {
  const branches = Array.from(
    { length: paths - 1 },
    (_, index) => `    if x == ${index}:\n        return ${index}\n`,
  );
  return `def ${name}(x):\n${branches.join("")}    return x\n`;
}

async function check(files: Record<string, string | Uint8Array>, options: ComplexityUserOptions = {}) {
  const { root } = await project(files);
  return runGate(complexity(options), "complexity", { root, env });
}

/** What the gate makes of a radon that writes these answers. */
async function recorded(cc: string, raw = "{}", exit = 0, stderr = "") {
  const { root } = await project({
    "src/cx/shapes.py": "",
    "src/cx/constants.py": "",
    "src/cx/__init__.py": "",
  });
  const command = await fakeTool(root, "radon", {
    version: "6.0.1",
    script: `require("node:fs").writeFileSync(args[args.indexOf("-O") + 1], args[0] === "cc" ? ${JSON.stringify(cc)} : ${JSON.stringify(raw)});
      process.stderr.write(${JSON.stringify(stderr)}); process.exitCode = ${exit};`,
  });
  return runGate(complexity({ command }), "complexity", { root, env, component: { name: "cx" } });
}

const engines = [["radon"], ["c901"]] as const;

describe.each(engines)("complexity by %s", (engine) => {
  it("passes functions at the limit and says the highest figure", async () => {
    const result = await check({ "src/foo/a.py": branchy("f", 10), "src/foo/__init__.py": "" }, { engine });
    expect(result).toMatchObject({
      verdict: "passed",
      candidates: 2,
      checked: 2,
      measurements: [
        { name: "highest complexity", value: 10, operator: "<=", threshold: 10 },
        { name: "functions over the limit", value: 0, threshold: 0 },
      ],
      tool: { engine },
      details: { engine, functions: 1, highest: 10 },
    });
  });

  it("fails each function over the limit, with its place", async () => {
    const method = branchy("total", 12).replaceAll(/^/gm, "    ").trimEnd();
    const result = await check(
      { "src/foo/a.py": `${branchy("f", 11)}\n\nclass Ö:\n${method}\n` },
      { engine },
    );
    expect(result.verdict).toBe("failed");
    expect(result.findings).toHaveLength(2);
    const [f, total] = result.findings.toSorted(
      (a, b) => (a.range?.startLine ?? 0) - (b.range?.startLine ?? 0),
    );
    expect(f).toMatchObject({ level: "error", file: "src/foo/a.py", range: { startLine: 1 } });
    expect(f?.message).toContain("f has a cyclomatic complexity of 11; at most 10 is allowed");
    expect(total?.message).toContain("total has a cyclomatic complexity of 12");
    expect(total?.range?.startLine).toBe(26);
  });

  it("measures closures on their own", async () => {
    const closure = branchy("inner", 12).replaceAll(/^/gm, "    ").trimEnd();
    const result = await check(
      { "src/foo/a.py": `def outer():\n${closure}\n    return inner\n` },
      { engine },
    );
    expect(
      result.findings.some(({ message }) => message.includes("inner has a cyclomatic complexity of 12")),
    ).toBe(true);
  });

  it("takes the limit of the team", async () => {
    const files = { "src/foo/a.py": branchy("f", 11) };
    expect(await check(files, { engine, max: 11 })).toMatchObject({ verdict: "passed" });
    expect(await check(files, { engine, max: 5 })).toMatchObject({
      verdict: "failed",
      measurements: [{ threshold: 5 }, {}],
    });
  });

  it("passes files without functions", async () => {
    const result = await check({ "src/foo/a.py": "X = 1\n", "src/foo/__init__.py": "" }, { engine });
    expect(result).toMatchObject({
      verdict: "passed",
      checked: 2,
      measurements: [{ value: 0 }, { value: 0 }],
    });
  });

  it.each([
    ["breaks the syntax", "def (:\n"],
    ["is not UTF-8", Buffer.from('# -*- coding: latin-1 -*-\nx = "\xe9"\n', "latin1")],
  ])("does not pass over a file that %s", async (_, text) => {
    const result = await check({ "src/foo/a.py": branchy("f", 2), "src/foo/b.py": text }, { engine });
    expect(result).toMatchObject({ verdict: "errored", error: { kind: "parse" }, findings: [] });
    expect(result.error?.where).toEqual([expect.stringMatching(/^src\/foo\/b\.py: /)]);
  });

  it("has no input in a folder without Python", async () => {
    expect(await check({ "src/foo/readme.md": "" }, { engine })).toMatchObject({
      error: { kind: "no-input" },
    });
  });

  it("checks files whose names look like options or argument files", async () => {
    const names = ["-p.py", "@x.py", "a b.py", "-"].map((name) =>
      name === "-" ? "src/foo/-/c.py" : `src/foo/${name}`,
    );
    const result = await check(Object.fromEntries(names.map((name) => [name, branchy("f", 11)])), { engine });
    expect(result).toMatchObject({ verdict: "failed", checked: 4 });
    expect(result.findings.map(({ file }) => file).toSorted()).toEqual(names.toSorted());
  });

  it("G26: all findings are kept, not the first ten", async () => {
    const functions = Array.from({ length: 30 }, (_, index) => branchy(`f${index}`, 11));
    const result = await check({ "src/foo/a.py": functions.join("\n\n") }, { engine });
    expect(result.findings).toHaveLength(30);
    expect(new Set(result.findings.map(({ fingerprint }) => fingerprint)).size).toBe(30);
  });
});

describe("the engine", () => {
  const files = { "src/foo/a.py": branchy("f", 2) };

  it("is radon where it is found", async () => {
    expect(await check(files)).toMatchObject({ tool: { name: "radon", engine: "radon" }, notes: [] });
  });

  it("is the embedded one where radon is missing, and the result says so", async () => {
    const { root } = await project(files);
    const bare = { PATH: root, VIRTUAL_ENV: undefined };
    const result = await runGate(complexity(), "complexity", { root, env: bare });
    expect(result).toMatchObject({
      verdict: "passed",
      tool: { name: "ruff", engine: "c901", via: "embedded" },
    });
    expect(result.notes.join()).toContain("C901");
    expect(await runGate(complexity({ engine: "radon" }), "complexity", { root, env: bare })).toMatchObject({
      error: { kind: "tool-missing" },
    });
  });

  it("is not replaced when a named radon is missing", async () => {
    expect(await check(files, { command: "./nowhere/radon" })).toMatchObject({
      error: { kind: "tool-missing" },
    });
  });

  it("is not the radon of an untrusted tree", async () => {
    const { root } = await project(files);
    await fakeTool(join(root, ".venv", "bin"), "radon", { version: "6.0.1", stdout: "{}" });
    const result = await runGate(complexity(), "complexity", {
      root,
      env: { PATH: root, VIRTUAL_ENV: undefined },
      trusted: false,
    });
    expect(result).toMatchObject({ verdict: "passed", tool: { engine: "c901" } });
  });
});

describe("radon's configuration", () => {
  const files = { "src/foo/a.py": branchy("f", 11), "src/foo/b.py": branchy("g", 2) };
  const radon = { engine: "radon" } as const;

  it("cannot hide functions or divert the report", async () => {
    const config = '[tool.radon]\ncc_min = "F"\noutput_file = "elsewhere.json"\nshow_closures = false\n';
    expect(await check({ ...files, "pyproject.toml": config }, radon)).toMatchObject({
      verdict: "failed",
      checked: 2,
    });
  });

  it("may leave out files, and the result says how many", async () => {
    const config = '[tool.radon]\nexclude = "*/a.py"\n';
    expect(await check({ ...files, "pyproject.toml": config }, radon)).toMatchObject({
      verdict: "warned",
      candidates: 2,
      checked: 1,
      warnings: ["1 of 2 files were left out by the configuration of radon"],
    });
  });

  it("may not leave out everything", async () => {
    const config = '[tool.radon]\nexclude = "*"\n';
    expect(await check({ ...files, "pyproject.toml": config }, radon)).toMatchObject({
      error: { kind: "no-input" },
    });
  });

  it("must be readable", async () => {
    expect(await check({ ...files, "pyproject.toml": "[tool.radon" }, radon)).toMatchObject({
      error: { kind: "tool-config" },
    });
  });
});

describe("breakage of radon", () => {
  const shapes = `{${fixture("cc").slice(1, fixture("cc").indexOf(', "./src/cx/newer.py"'))}}`;
  const raw = '{"./src/cx/constants.py": {"loc": 1}, "./src/cx/__init__.py": {"loc": 0}}';

  it("is none when its answers fit together", async () => {
    expect(await recorded(shapes, raw)).toMatchObject({
      verdict: "failed",
      checked: 3,
      details: { functions: 6 },
    });
  });

  it.each([
    ["no report at all", "", "{}", 0, "parse"],
    ["half a report", shapes.slice(0, 300), "{}", 0, "parse"],
    ["a report beside a traceback", shapes, raw, 1, "tool-crash"],
    ["a file that it was not given", shapes.replace("shapes.py", "other.py"), raw, 0, "mismatch"],
    ["silence about every file", "{}", "{}", 0, "no-input"],
    [
      "a figure that contradicts its rank",
      shapes.replace('"complexity": 12', '"complexity": 1'),
      raw,
      0,
      "mismatch",
    ],
  ])("is %s", async (_, cc, list, exit, kind) => {
    expect(await recorded(cc, list, exit, exit === 0 ? "" : "Traceback")).toMatchObject({
      verdict: "errored",
      error: { kind },
    });
  });
});
