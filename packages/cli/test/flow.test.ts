import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { project, pythonEnv } from "@towpath/testkit";
import type { RunReport } from "@towpath/core";
import { describe, expect, it } from "vitest";
import { towpath } from "./towpath.ts";

const clean = {
  "pyproject.toml":
    "[tool.ruff]\nlint.select = ['E', 'F']\n[tool.pytest.ini_options]\npythonpath = ['src']\n",
  "src/tally/__init__.py": '"""Counts words."""\n\nfrom tally.words import count\n\n__all__ = ["count"]\n',
  "src/tally/words.py":
    '"""Words."""\n\n\ndef count(text: str) -> int:\n    """Count the words of a text."""\n    if not text:\n        return 0\n    return len(text.split())\n',
  "tests/test_words.py":
    'from tally import count\n\n\ndef test_counts() -> None:\n    assert count("a b") == 2\n\n\ndef test_empty() -> None:\n    assert count("") == 0\n',
};

const document = (text: string): RunReport & { readonly counts: Record<string, number> } => JSON.parse(text);
const verdictsOf = (report: RunReport): Record<string, string> =>
  Object.fromEntries(
    report.stages.flatMap((stage) => stage.results.map((result) => [result.gate, result.verdict])),
  );

async function init(
  files: Readonly<Record<string, string>>,
): Promise<{ root: string; env: Record<string, string | undefined> }> {
  const { root } = await project(files);
  const { env } = await pythonEnv();
  const made = await towpath(["init"], { cwd: root, env });
  expect(made.stderr).toBe("");
  expect(made.code).toBe(0);
  return { root, env };
}

describe("two commands on a new project", () => {
  it("gives a first result with nothing edited", async () => {
    const { root, env } = await init(clean);
    const { code, stdout, stderr } = await towpath(["check"], { cwd: root, env });
    expect(stdout + stderr).toMatch(/coverage .*100 % \(>= 50\)/);
    expect(code).toBe(0);
    const again = await towpath(["init"], { cwd: root, env });
    expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining("TP1007") });
  });

  it("lets every gate look at the same tests (G04)", async () => {
    const { root } = await project({
      ...clean,
      "tests/test_other.py": "import os\n\n\ndef test_other() -> None:\n    assert False\n",
      "towpath.config.yaml":
        "plugins: [gate-ruff, gate-coverage]\ncomponents: {tally: {source: [src/tally], tests: [tests/test_words.py]}}\n",
    });
    const { env } = await pythonEnv();
    const { stdout } = await towpath(["check", "lint", "tests", "--json"], { cwd: root, env });
    const [lint, tests] =
      document(stdout).stages[0]?.results.toSorted((a, b) => a.gate.localeCompare(b.gate)) ?? [];
    expect(lint).toMatchObject({ gate: "lint", verdict: "passed", checked: 3 });
    expect(tests).toMatchObject({ gate: "tests", verdict: "passed", checked: 2 });
  });

  it("finds flat packages, modules and several components", async () => {
    const { root: flat } = await init({ "tally/__init__.py": "", "tests/test_a.py": "", "setup.py": "" });
    expect(await readFile(join(flat, "towpath.config.yaml"), "utf8")).toMatch(
      /tally:\n\s+source:\n\s+- tally\n\s+tests:\n\s+- tests/,
    );
    const { root: module } = await init({ "tally.py": "x = 1\n", "test_tally.py": "", "setup.py": "" });
    expect(await readFile(join(module, "towpath.config.yaml"), "utf8")).toMatch(/source:\n\s+- tally\.py/);
    const { root: mixed } = await init({ "src/a/__init__.py": "", "src/main.py": "import os\n" });
    expect(await readFile(join(mixed, "towpath.config.yaml"), "utf8")).toMatch(
      /main:\n\s+source:\n\s+- src\/main\.py/,
    );
    const { root: many } = await init({
      "src/a/__init__.py": "",
      "src/b/__init__.py": "",
      "tests/test_a.py": "",
    });
    const text = await readFile(join(many, "towpath.config.yaml"), "utf8");
    expect(text).toMatch(/a:\n\s+source:\n\s+- src\/a\n\s+tests:\n\s+- tests\/test_a\.py/);
    expect(text).toMatch(/b:\n\s+source:\n\s+- src\/b/);
  });

  it("says what is missing when there is no Python code", async () => {
    const { root } = await project({ "README.md": "# Hello\n" });
    expect(await towpath(["init"], { cwd: root })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("TP1002"),
    });
  });
});

describe("a dirty component", () => {
  const dirty = {
    ...clean,
    "src/tally/words.py": `import os\n\n\ndef count(text: str) -> int:\n    token = "${["ghp", "_", "A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8"].join("")}"\n    return len(text.split()) + "1"\n`,
  };

  it("is stopped by every gate that it breaks, each with place and fix, and leaves a record", async () => {
    const { root, env } = await init(dirty);
    const { code, stdout } = await towpath(["check", "--json"], { cwd: root, env });
    expect(code).toBe(1);
    const report = document(stdout);
    expect(verdictsOf(report)).toMatchObject({
      lint: "failed",
      types: "failed",
      secrets: "failed",
      tests: "failed",
    });
    expect(stdout).not.toContain("A1b2C3d4E5f6");
    const lint = report.stages[0]?.results.find((result) => result.gate === "lint");
    expect(lint?.findings[0]).toMatchObject({
      rule: "F401",
      file: "src/tally/words.py",
      range: { startLine: 1, startColumn: 8 },
    });
    const record = join(root, ".towpath", "runs", report.run);
    expect(document(await readFile(join(record, "result.json"), "utf8")).exit).toBe(1);
    expect(await readFile(join(record, "report.md"), "utf8")).toContain("## lint: failed");
    const explained = await towpath(["explain", report.run], { cwd: root, env });
    expect(explained.stdout).toContain("## types: failed");
    const finding = lint?.findings[0]?.fingerprint.slice(0, 10) ?? "";
    expect((await towpath(["explain", finding], { cwd: root, env })).stdout).toContain(
      "src/tally/words.py:1:8",
    );
  });

  it("never prints a secret, not even in the code around another finding", async () => {
    const { root, env } = await init(dirty);
    const { stdout, stderr } = await towpath(["check", "-v"], { cwd: root, env });
    expect(stdout).toMatch(/✗ secrets/);
    expect(stdout).toContain("(a secret stands in this line)");
    expect(stdout + stderr).not.toContain("A1b2C3d4E5f6");
  });

  it("shows what, why, where and how, for people and tersely for agents", async () => {
    const { root, env } = await init(dirty);
    const people = await towpath(["check", "lint", "types"], { cwd: root, env });
    expect(people.stdout).toMatch(/✗ lint .*TP3101/);
    expect(people.stdout).toContain("src/tally/words.py:1:8  F401");
    expect(people.stdout).toContain("❯ 1 │ import os");
    expect(people.stdout).toContain("fix   towpath check lint --component tally --fix");
    const agent = await towpath(["check", "lint", "types", "secrets"], {
      cwd: root,
      env: { ...env, AI_AGENT: "test" },
    });
    expect(agent.stderr).toBe("");
    expect(agent.stdout.length).toBeLessThan(1500);
    expect(agent.stdout).toMatch(
      /^RESULT failed exit=1 run=\S+ component=tally target=dev gates: 3 failed\n/,
    );
    expect(agent.stdout).toContain("FAIL lint TP3101");
    expect(agent.stdout).toMatch(
      /NEXT towpath check lint types secrets --component tally --target dev\nFULL \.towpath\/runs\/.*result\.json/,
    );
  });

  it("fixes what is safe, keeps the patch, and undoing it gives the old file", async () => {
    const { root, env } = await init({
      ...clean,
      "src/tally/words.py": `import os\n${clean["src/tally/words.py"]}`,
    });
    const path = join(root, "src/tally/words.py");
    const before = await readFile(path, "utf8");
    const { code, stdout } = await towpath(["check", "lint", "--fix"], { cwd: root, env });
    expect(code).toBe(0);
    expect(await readFile(path, "utf8")).not.toContain("import os");
    const patch = /git apply -R (\S+)/.exec(stdout)?.[1] ?? "";
    expect(await readFile(join(root, patch), "utf8")).toContain("-import os");
    expect(before).toContain("import os");
  });
});

describe("a run", () => {
  it("prints every event as a line of JSON, numbered without gaps, and the result last", async () => {
    const { root, env } = await init(clean);
    const { stdout } = await towpath(["check", "lint", "format", "--ndjson"], { cwd: root, env });
    const lines = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { type: string; seq?: number });
    expect(lines.slice(0, -1).map((line) => line.seq)).toEqual(
      lines.slice(0, -1).map((_, index) => index + 1),
    );
    expect(lines.at(0)?.type).toBe("run:start");
    expect(lines.at(-2)?.type).toBe("run:end");
    expect(lines.at(-1)?.type).toBe("result");
  });

  it("goes on and keeps its exit code when its output is closed", async () => {
    const { root, env } = await init(clean);
    const { code, stdout, stderr } = await towpath(["check", "lint", "format", "--ndjson"], {
      cwd: root,
      env,
      closeEarly: true,
    });
    expect(stdout).not.toContain('"type":"result"');
    expect(stderr).toBe("");
    expect(code).toBe(0);
    expect(await readdir(join(root, ".towpath", "runs"))).toHaveLength(1);
  });

  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)(
    "stops its gates and their processes at %s, reports, and ends with %i",
    async (signal, exit) => {
      const slow = {
        ...clean,
        "tests/test_slow.py":
          "import time\n\n\ndef test_slow() -> None:\n    print('started')\n    time.sleep(600)\n",
      };
      const { root, env } = await init(slow);
      let sent = false;
      const { code, stdout } = await towpath(["check", "tests", "lint", "--reporter", "ndjson"], {
        cwd: root,
        env,
        onOutput(text, kill) {
          // Lint has ended, so the tests are the only thing that runs.
          if (sent || !/"type":"gate:end".*"gate":"lint"/.test(text)) return;
          sent = true;
          kill(signal);
        },
      });
      expect(code).toBe(exit);
      const last: unknown = JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "");
      expect(last).toMatchObject({ type: "result", exit });
    },
  );
});
