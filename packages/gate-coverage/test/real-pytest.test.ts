import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { project, pythonEnv } from "@towpath/testkit";
import { z } from "zod";
import { check, settings, source, verdicts } from "./live.ts";

const head = "import os\nimport pytest\nfrom foo import add\n\n";
const passing = {
  ...source,
  ...settings(),
  "tests/test_foo.py": `${head}def test_add():\n    assert add(1, 2) == 3\n`,
};
/** Fails where a file of an earlier call is missing, which it leaves behind. */
const passesSecondTime = `${head}def test_flaky(request):
    seen = request.config.rootpath / "seen"
    first = not seen.exists()
    seen.touch()
    assert not first
`;

describe("a run with the real pytest", () => {
  it("passes, with the figures, their thresholds and the tool", async () => {
    const results = await check(passing, { target: "staging" });
    expect(verdicts(results)).toEqual(["passed", "passed", "passed"]);
    expect(results.tests).toMatchObject({ candidates: 1, checked: 1, tool: { name: "pytest" } });
    expect(results.coverage).toMatchObject({ candidates: 1, checked: 1, tool: { name: "coverage" } });
    expect(results.coverage.measurements).toEqual([
      {
        name: "statement coverage",
        value: 75,
        unit: "%",
        operator: ">=",
        threshold: 70,
        source: "default of @towpath/gate-coverage",
      },
    ]);
    expect(results.flaky.measurements).toMatchObject([{ value: 0, operator: "<=", threshold: 0 }]);
  });

  it("counts as pytest's last line does, and names files that were skipped whole", async () => {
    const marked = `${head}@pytest.mark.skip\ndef test_b():\n    pass\n\n\n@pytest.mark.xfail\ndef test_c():\n    assert False\n`;
    const skipped = 'import pytest\n\npytest.importorskip("no_such_module")\n';
    const { tests } = await check({ ...passing, "tests/test_b.py": marked, "tests/test_c.py": skipped });
    expect(tests).toMatchObject({ verdict: "passed", candidates: 4, checked: 3 });
    expect(tests.details?.["outcomes"]).toEqual({
      passed: 1,
      failed: 0,
      errors: 0,
      skipped: 2,
      xfailed: 1,
      xpassed: 0,
    });
    expect(tests.notes).toEqual([
      "1 of 3 tests were skipped",
      "1 of 3 tests failed as expected",
      expect.stringMatching(/^skipped whole.*: tests\/test_c\.py \(.*no_such_module/),
    ]);
  });

  it("fails coverage below the threshold and names the lines that were not run", async () => {
    const results = await check(passing, { options: { coverage: { dev: 75.1 } } });
    expect(verdicts(results)).toEqual(["passed", "failed", "passed"]);
    expect(results.coverage.findings).toMatchObject([
      {
        rule: "coverage/low-file",
        level: "warning",
        file: "src/foo/__init__.py",
        message: expect.stringMatching(/^75\.0 % .* lines 3$/),
      },
    ]);
  });

  it.each(["statement", "branch"] as const)("has the figure of the bare command (%s)", async (metric) => {
    const files = {
      ...passing,
      "src/foo/never.py": "def f(x):\n    if x:\n        return 1\n    return 2\n",
    };
    const { root } = await project(files);
    const { python, env } = await pythonEnv();
    const branch = metric === "branch" ? ["--cov-branch"] : [];
    execFileSync(
      python,
      ["-m", "pytest", "--cov=src/foo", ...branch, "--cov-report=json:bare.json", "tests"],
      {
        cwd: root,
        env: { ...env },
        stdio: "ignore",
      },
    );
    const shape = z.looseObject({ totals: z.looseObject({ percent_covered: z.number() }) });
    const bare = shape.parse(JSON.parse(readFileSync(join(root, "bare.json"), "utf8")));
    const results = await check(files, { options: { metric } });
    expect(results.coverage.measurements[0]?.value).toBeCloseTo(bare.totals.percent_covered, 6);
  });

  it("counts files that no test imports as not covered", async () => {
    const results = await check({ ...passing, "src/foo/never.py": "A = 1\nB = 2\nC = 3\nD = 4\n" });
    expect(results.coverage.measurements[0]?.value).toBe(37.5);
  });

  it("warns of files that the project's settings leave out", async () => {
    const results = await check({
      ...passing,
      ...settings("", '[tool.coverage.run]\nomit = ["*/never.py"]\n'),
      "src/foo/never.py": "A = 1\n",
    });
    expect(results.coverage).toMatchObject({
      verdict: "warned",
      candidates: 2,
      checked: 1,
      warnings: [expect.stringContaining("src/foo/never.py")],
    });
  });

  it("is no-input when the settings leave all files out", async () => {
    const results = await check({ ...passing, ...settings("", '[tool.coverage.run]\nomit = ["src/*"]\n') });
    expect(verdicts(results)).toEqual(["passed", "errored no-input", "passed"]);
  });

  it("judges the component alone, whatever the project measures besides", async () => {
    const results = await check({
      ...passing,
      ...settings("--cov=src/bar"),
      "src/bar/__init__.py": Array.from({ length: 50 }, (_, line) => `A${line} = 1\n`).join(""),
      "tests/test_bar.py": "import bar\n\n\ndef test_bar():\n    assert bar\n",
    });
    expect(results.coverage.measurements[0]?.value).toBe(75);
  });

  it("measures a component that is one file", async () => {
    const results = await check(
      {
        ...settings(),
        "src/foo.py": source["src/foo/__init__.py"] ?? "",
        "src/bar.py": "A = 1\n",
        "tests/test_foo.py": passing["tests/test_foo.py"],
      },
      { components: [{ source: ["src/foo.py"] }] },
    );
    expect(results.coverage.measurements[0]?.value).toBe(75);
  });

  it("says so when the tests cannot import the component", async () => {
    const results = await check({ ...passing, "pyproject.toml": "[tool.pytest.ini_options]\n" });
    expect(verdicts(results)).toEqual(["errored environment", "errored environment", "errored environment"]);
    expect(results.tests.error?.message).toBe(
      "the tests cannot import `foo`, which is the component's own source",
    );
  });

  it("fails for a test file that cannot be collected, with the reason", async () => {
    const results = await check({ ...passing, "tests/test_bad.py": "import no_such_module\n" });
    expect(verdicts(results)).toEqual(["failed", "errored no-input", "errored no-input"]);
    expect(results.tests.findings).toMatchObject([
      {
        rule: "pytest/collection",
        file: "tests/test_bad.py",
        message: expect.stringContaining("ModuleNotFoundError: No module named 'no_such_module'"),
      },
    ]);
  });

  it("is tool-config when a conftest breaks", async () => {
    const results = await check({ ...passing, "tests/conftest.py": "1 / 0\n" });
    expect(results.tests).toMatchObject({
      verdict: "errored",
      error: { kind: "tool-config", message: expect.stringContaining("ZeroDivisionError") },
    });
  });

  it("runs where the project refuses unknown settings and has no cache", async () => {
    expect(
      (await check({ ...passing, ...settings("-p no:cacheprovider --strict-config") })).tests.verdict,
    ).toBe("passed");
  });

  it("knows the requirements that tests prove", async () => {
    const results = await check({
      ...passing,
      "tests/test_foo.py": `${head}@pytest.mark.spec("FR-1")\ndef test_add():\n    assert add(1, 2) == 3\n`,
    });
    expect(results.tests.details?.["spec"]).toEqual([
      { requirement: "FR-1", nodeid: "tests/test_foo.py::test_add", outcome: "passed" },
    ]);
  });

  it("gives the suite the variables that it declares, and no others", async () => {
    const test = `${head}def test_env():\n    assert os.environ["WANTED"] == "yes"\n    assert "OTHER" not in os.environ\n    assert "TOWPATH_PYTEST_LOG" not in os.environ\n`;
    const results = await check(
      { ...passing, "tests/test_foo.py": test },
      { options: { env: ["WANTED"] }, env: { WANTED: "yes", OTHER: "no" } },
    );
    expect(results.tests).toMatchObject({ verdict: "passed", details: { variables: ["WANTED"] } });
  });

  it("reports through patches that a test makes", async () => {
    const test = `import builtins\nimport json\n\n\ndef test_patched(monkeypatch):\n    monkeypatch.setattr(json, "dumps", None)\n    monkeypatch.setattr(builtins, "open", None)\n    assert True\n`;
    expect((await check({ ...passing, "tests/test_foo.py": test })).tests.verdict).toBe("passed");
  });

  it("does not mind a test that runs pytest itself", async () => {
    const test = `import subprocess\nimport sys\n\n\ndef test_inner(tmp_path):\n    (tmp_path / "test_x.py").write_text("def test_x(): assert 0")\n    inner = [sys.executable, "-m", "pytest", "-p", "towpath_pytest", str(tmp_path)]\n    assert subprocess.run(inner).returncode == 1\n`;
    expect((await check({ ...passing, "tests/test_foo.py": test })).tests).toMatchObject({
      verdict: "passed",
      checked: 1,
    });
  });

  it("is right under xdist", async () => {
    const results = await check({
      ...passing,
      ...settings("-n2"),
      "tests/test_bad.py": "def test_bad():\n    assert 0\n",
    });
    expect(verdicts(results)).toEqual(["failed", "passed", "passed"]);
    expect(results.tests).toMatchObject({ candidates: 2, checked: 2 });
    expect(results.coverage.measurements[0]?.value).toBe(75);
  });
});

describe("flaky tests", () => {
  it("warn in tests and fail flaky when they pass alone", async () => {
    const results = await check({ ...passing, "tests/test_flaky.py": passesSecondTime });
    expect(verdicts(results)).toEqual(["warned", "passed", "failed"]);
    expect(results.tests.findings).toMatchObject([
      {
        rule: "pytest/flaky",
        level: "warning",
        message: expect.stringContaining("failed and then passed alone in a fresh process"),
      },
    ]);
    expect(results.flaky).toMatchObject({ code: "TP3203", measurements: [{ value: 1, threshold: 0 }] });
  });

  it("only warn when the options say so", async () => {
    const results = await check(
      { ...passing, "tests/test_flaky.py": passesSecondTime },
      { options: { flaky: "warn" } },
    );
    expect(verdicts(results)).toEqual(["warned", "passed", "warned"]);
  });

  it("are seen when a plugin runs them again, under xdist too", async () => {
    for (const addopts of ["--reruns=1", "--reruns=1 -n2"]) {
      const results = await check({
        ...passing,
        ...settings(addopts),
        "tests/test_flaky.py": passesSecondTime,
      });
      expect(verdicts(results)).toEqual(["warned", "passed", "failed"]);
      expect(results.flaky.findings).toMatchObject([
        { message: expect.stringContaining("passed when it was run again") },
      ]);
    }
  });

  it("are none when a test fails alone as well", async () => {
    const bad = `${head}@pytest.mark.parametrize("name", ["a b", "x::y", "ü"])\ndef test_bad(name):\n    assert 0\n`;
    const results = await check({ ...passing, "tests/test_bad.py": bad });
    expect(verdicts(results)).toEqual(["failed", "passed", "passed"]);
    expect(results.tests.measurements).toMatchObject([{ value: 3 }]);
  });

  it("are found by their parameters and in folders with settings of their own", async () => {
    const test = `import pathlib\nimport pytest\n\n\n@pytest.mark.parametrize("name", ["a b::c"])\ndef test_flaky(name):\n    seen = pathlib.Path("seen")\n    first = not seen.exists()\n    seen.touch()\n    assert not first\n`;
    const results = await check(
      { ...source, "sub/pytest.ini": "[pytest]\n", "sub/tests/test_flaky.py": test },
      { components: [{ tests: ["sub/tests"] }] },
    );
    expect(results.tests.findings).toMatchObject([{ rule: "pytest/flaky", file: "sub/tests/test_flaky.py" }]);
  });

  it("cannot be told where a failed test cannot be run alone; it stays failed", async () => {
    const test = `${head}@pytest.mark.parametrize("id", [os.getpid()])\ndef test_bad(id):\n    assert 0\n`;
    const results = await check({ ...passing, "tests/test_bad.py": test });
    expect(results.tests).toMatchObject({ verdict: "failed", measurements: [{ value: 1 }] });
    expect(results.flaky.verdict).toBe("errored");
  });
});
