import { globSync } from "node:fs";
import { cp, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Command } from "./interleave.mts";

/** The repository. */
export const repository: string = fileURLToPath(new URL("..", import.meta.url));

const bin = join(repository, "packages/cli/dist/bin.mjs");
const pyright = join(repository, "packages/gate-pyright/node_modules/pyright/index.js");
const venv = join(repository, ".setup/python");
const tool = (name: string): string => join(venv, "bin", name);

/** The environment in which gates find the tools that set-up installed. */
export const env: Readonly<Record<string, string>> = { VIRTUAL_ENV: venv };

/** A call of the built program. */
export function towpath(cwd: string, args: readonly string[], codes?: readonly number[]): Command {
  return { argv: [process.execPath, bin, ...args], cwd, env, ...(codes === undefined ? {} : { codes }) };
}

/** What starting Node costs: the unit of everything that has no tool in it. */
export function emptyNode(cwd: string): Command {
  return { argv: [process.execPath, "-e", "0"], cwd };
}

/** pyright as its users run it. */
export function rawPyright(cwd: string, paths: readonly string[]): Command {
  return { argv: [process.execPath, pyright, "--outputjson", "--pythonpath", tool("python"), ...paths], cwd };
}

/** bandit as its users run it. */
export function rawBandit(cwd: string, source: string): Command {
  const output = join(cwd, ".bench-bandit.json");
  return { argv: [tool("bandit"), "-q", "-f", "json", "-o", output, "-r", source], cwd };
}

/** pytest with coverage as its users run it. */
export function rawPytest(cwd: string, source: string): Command {
  const data = { COVERAGE_FILE: join(cwd, ".bench-coverage"), PYTHONDONTWRITEBYTECODE: "1" };
  const report = `--cov-report=json:${join(cwd, ".bench-coverage.json")}`;
  return {
    argv: [tool("python"), "-m", "pytest", "-q", `--cov=${source}`, report, "./tests"],
    cwd,
    env: data,
  };
}

/** The raw commands of the example's run, stage by stage; within a stage the longest first. */
export function rawStages(cwd: string, source: string): readonly (readonly Command[])[] {
  const audit = join(cwd, ".bench-audit.json");
  const [packages = ""] = globSync(join(venv, "lib/python*/site-packages"));
  return [
    [rawPytest(cwd, source)],
    [
      rawPyright(cwd, [source]),
      {
        argv: [tool("pip-audit"), "--format", "json", "-o", audit, "--path", packages],
        cwd,
        codes: [0, 1],
      },
      { argv: [tool("detect-secrets"), "scan", "--no-verify", source, "tests", "specs"], cwd },
      {
        argv: [tool("bandit"), "-q", "-f", "json", "-o", join(cwd, ".bench-bandit.json"), "-r", source],
        cwd,
      },
      { argv: [tool("radon"), "cc", "-j", source], cwd },
      { argv: [tool("ruff"), "check", "--no-fix", "--output-format", "json", source, "tests"], cwd },
      { argv: [tool("ruff"), "format", "--check", source, "tests"], cwd },
    ],
  ];
}

/** The example's gates whose results are reused on unchanged code. */
export const reusable: readonly string[] =
  "spec api tests coverage flaky lint format types secrets sast complexity docs".split(" ");

/** A copy of the example, so that nothing of it is touched. */
export async function exampleCopy(folder: string): Promise<string> {
  const target = join(folder, "example");
  const skip = new Set([".towpath", ".deploy", ".venv", ".pytest_cache", ".ruff_cache", "__pycache__"]);
  await cp(join(repository, "examples/throttle"), target, {
    recursive: true,
    filter: (path) => !skip.has(path.split("/").at(-1) ?? ""),
  });
  return target;
}

/** A component whose tests burn the processor for some time, so that two heavy gates can be balanced. */
export async function balanced(folder: string, burnMs: number): Promise<string> {
  const cwd = join(folder, "balanced");
  await write(cwd, {
    "pyproject.toml": '[tool.pytest.ini_options]\npythonpath = ["src"]\n',
    "src/heavy/__init__.py": "",
    ...modules("src/heavy", 120),
    "tests/test_heavy.py": [
      "import time",
      "",
      "from heavy import m0",
      "",
      "",
      "def test_heavy() -> None:",
      `    end = time.process_time() + ${(burnMs / 1000).toFixed(3)}`,
      "    while time.process_time() < end:",
      "        sum(range(1000))",
      "    assert m0.f0(1) == 1",
      "",
    ].join("\n"),
    "towpath.config.yaml":
      "plugins: [gate-pyright, gate-security, [gate-coverage, {coverage: {dev: 0}}]]\ncomponents: {heavy: {source: [src/heavy], tests: [tests]}}\n",
  });
  return cwd;
}

/** Ten components of ten modules each. */
export async function tenComponents(folder: string): Promise<string> {
  const cwd = join(folder, "ten");
  const names = Array.from({ length: 10 }, (_, index) => `c${index}`);
  const files = names.flatMap((name) => Object.entries(modules(`src/${name}`, 10)));
  const components = names.map((name) => `  ${name}: {source: [src/${name}]}`).join("\n");
  await write(cwd, {
    ...Object.fromEntries(files),
    "towpath.config.yaml": `plugins: [gate-pyright]\ncomponents:\n${components}\n`,
  });
  return cwd;
}

function modules(folder: string, count: number): Readonly<Record<string, string>> {
  const text = (module: number): string =>
    Array.from({ length: 20 }, (_, index) =>
      [
        `def f${index}(value: int) -> int:`,
        `    table: dict[str, list[int]] = {"a": [value], "b": [value + ${module}]}`,
        "    total = sum(item for row in table.values() for item in row)",
        "    return value if total >= 0 or total < 0 else 0",
        "",
      ].join("\n"),
    ).join("\n\n");
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`${folder}/m${index}.py`, text(index)]),
  );
}

async function write(cwd: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    const full = join(cwd, path);
    await mkdir(join(full, ".."), { recursive: true });
    await writeFile(full, text);
  }
}
