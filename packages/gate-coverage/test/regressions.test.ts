import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { project, pythonEnv, runInMemory } from "@towpath/testkit";
import coverage from "../src/index.ts";
import { check, settings, source, verdicts } from "./live.ts";

const head = "import os\nimport pytest\nfrom foo import add\n\n";
const passing = { ...source, "tests/test_foo.py": `${head}def test_add():\n    assert add(1, 2) == 3\n` };
const failing = `${head}def test_add():\n    assert add(1, 2) == 3\n\n\ndef test_wrong():\n    assert add(1, 2) == 4\n`;
const stale = JSON.stringify({
  meta: { format: 3, version: "7.17.3", timestamp: "2025-10-13T00:00:00.000000", branch_coverage: false },
  files: {},
  totals: { covered_lines: 1692, num_statements: 16034, missing_lines: 14342, percent_covered: 10.55 },
});

describe("stale coverage (G15, TTA-1)", () => {
  it.each([
    ["2", { "tests/conftest.py": "def pytest_collection_finish():\n    raise KeyboardInterrupt\n" }],
    ["3", { "tests/conftest.py": "def pytest_runtest_protocol(item):\n    raise RuntimeError\n" }],
    ["4", settings("--no-such-option")],
    ["5", { "tests/test_foo.py": "x = 1\n" }],
  ])("an old coverage.json is ignored when pytest ends with %s", async (code, change) => {
    const results = await check({
      ...passing,
      ...settings(),
      ...change,
      "coverage.json": stale,
      ".coverage": "",
    });
    expect(results.coverage.verdict).toBe("errored");
    expect(results.coverage.measurements).toEqual([]);
    expect(results.coverage.error?.message).toMatch(
      code === "3" ? /internal error \(3\)/ : new RegExp(`\\b${code}\\b`),
    );
  });
});

describe("G16 the wrong source", () => {
  it("a source folder that does not exist is no-input for coverage, and named", async () => {
    const results = await check(
      { ...passing, ...settings(), "coverage.json": stale },
      { components: [{ source: ["src/fo"] }] },
    );
    expect(verdicts(results)).toEqual(["passed", "errored no-input", "passed"]);
    expect(results.coverage.error?.message).toContain("src/fo");
  });
});

describe("G17 failing tests with high coverage", () => {
  it("fail the gate tests with the place of the failure; the figure is measured as usual", async () => {
    const results = await check({ ...source, ...settings(), "tests/test_foo.py": failing });
    expect(verdicts(results)).toEqual(["failed", "passed", "passed"]);
    expect(results.tests).toMatchObject({ code: "TP3202", candidates: 2, checked: 2 });
    expect(results.tests.findings).toEqual([
      expect.objectContaining({
        rule: "pytest/failed",
        level: "error",
        file: "tests/test_foo.py",
        range: { startLine: 9, startColumn: 1, endLine: 10, endColumn: 1 },
        message: expect.stringContaining("tests/test_foo.py::test_wrong failed: assert 3 == 4"),
      }),
    ]);
    expect(results.coverage.measurements[0]?.value).toBe(75);
  });
});

describe("code that replaces parts of pytest", () => {
  const bending =
    "from _pytest.python import Function\n\nFunction.runtest = lambda self: None\n\n\ndef add(a, b):\n    return 0\n";
  const wrong = "from foo import add\n\n\ndef test_add():\n    assert add(1, 2) == 3\n";

  it.each([
    ["when a test module imports it", "", {}],
    ["when a conftest.py imports it", "", { "tests/conftest.py": "import foo\n" }],
    ["in the processes of xdist", "-n 2", {}],
  ])("is found %s: what its tests say counts for nothing", async (_, addopts, more) => {
    const results = await check({
      ...settings(addopts),
      "src/foo/__init__.py": bending,
      "tests/test_foo.py": wrong,
      ...more,
    });
    expect(verdicts(results)).toEqual(["errored mismatch", "errored mismatch", "errored mismatch"]);
    expect(results.tests.error?.message).toContain("_pytest.python.Function.runtest");
  });

  it("is found where it registers hooks that no conftest.py has", async () => {
    const results = await check({
      ...settings(),
      "src/foo/__init__.py":
        "import gc\nimport types\n\nfor each in gc.get_objects():\n    if type(each).__name__ == 'PytestPluginManager':\n" +
        "        each.register(types.SimpleNamespace(pytest_pyfunc_call=lambda pyfuncitem: True))\n\n\ndef add(a, b):\n    return 0\n",
      "tests/test_foo.py": wrong,
    });
    expect(verdicts(results)).toEqual(["errored mismatch", "errored mismatch", "errored mismatch"]);
    expect(results.tests.error?.message).toContain("pytest_pyfunc_call");
  });

  it("is none where conftest.py, or a plugin that it names, has hooks and registers some", async () => {
    const results = await check({
      ...source,
      ...settings(),
      "conftest.py":
        "pytest_plugins = ['helping']\n\n\nclass Own:\n    def pytest_runtest_setup(self, item):\n        pass\n\n\n" +
        "def pytest_configure(config):\n    config.pluginmanager.register(Own())\n",
      "src/helping.py": "def pytest_runtest_teardown(item):\n    pass\n",
      "tests/test_foo.py": "from foo import add\n\n\ndef test_add():\n    assert add(1, 2) == 3\n",
    });
    expect([results.tests.verdict, results.tests.error]).toEqual(["passed", undefined]);
  });

  it("is none when a test undoes it", async () => {
    const results = await check({
      ...source,
      ...settings(),
      "tests/test_foo.py":
        "import pytest\nfrom foo import add\n\n\ndef test_add(monkeypatch):\n" +
        "    monkeypatch.setattr(pytest, 'fail', lambda: None)\n    assert add(1, 2) == 3\n",
    });
    expect(results.tests.verdict).toBe("passed");
  });
});

describe("G18 no tests", () => {
  it("import lines alone are no coverage", async () => {
    const results = await check({ ...source, ...settings(), "tests/test_foo.py": head });
    expect(verdicts(results)).toEqual(["errored no-input", "errored no-input", "errored no-input"]);
  });
});

describe("G19 no statements", () => {
  it("are not 100 %", async () => {
    const results = await check({
      ...settings(),
      "src/foo/__init__.py": "",
      "tests/test_foo.py": "import foo\n\n\ndef test_a():\n    assert foo\n",
    });
    expect(verdicts(results)).toEqual(["passed", "errored no-input", "passed"]);
  });
});

describe("G20 the project's own threshold", () => {
  it("has no say: tests are judged by tests, coverage by our threshold", async () => {
    const results = await check({
      ...passing,
      ...settings("--cov-fail-under=99", "[tool.coverage.report]\nfail_under = 99\n"),
    });
    expect(verdicts(results)).toEqual(["passed", "passed", "passed"]);
  });

  it("an exit code 1 that no test explains is noted", async () => {
    const results = await check({
      ...passing,
      ...settings(),
      "tests/conftest.py": "def pytest_sessionfinish(session):\n    session.exitstatus = 1\n",
    });
    expect(verdicts(results)).toEqual(["passed", "passed", "passed"]);
    expect(results.tests.notes).toEqual([expect.stringContaining("ended with 1")]);
  });
});

describe("G21 an exit code 0 that is no pass", () => {
  it("os._exit(0) after a failure is a crash that names the test", async () => {
    const results = await check({
      ...source,
      ...settings(),
      "tests/test_foo.py": `${head}def test_a():\n    assert False\n\n\ndef test_b():\n    os._exit(0)\n`,
    });
    expect(verdicts(results)).toEqual(["errored tool-crash", "errored tool-crash", "errored tool-crash"]);
    expect(results.tests.error?.message).toContain("in tests/test_foo.py::test_b");
  });

  it("a death by signal names the test too", async () => {
    const results = await check({
      ...source,
      ...settings(),
      "tests/test_foo.py": `${head}def test_a():\n    assert True\n\n\ndef test_b():\n    os.kill(os.getpid(), 9)\n`,
    });
    expect(verdicts(results)).toEqual(["errored tool-crash", "errored tool-crash", "errored tool-crash"]);
    expect(results.tests.error?.message).toMatch(/in tests\/test_foo\.py::test_b .*SIGKILL/);
  });

  it("pytest.exit(returncode=0) after a failure is failed", async () => {
    const results = await check({
      ...source,
      ...settings(),
      "tests/test_foo.py": `${head}def test_a():\n    assert add(1, 2) == 4\n\n\ndef test_b():\n    pytest.exit("bye", returncode=0)\n`,
    });
    expect(results.tests.verdict).toBe("failed");
  });

  it("--collect-only is no-input", async () => {
    const results = await check({ ...passing, ...settings("--collect-only") });
    expect(verdicts(results)).toEqual(["errored no-input", "errored no-input", "errored no-input"]);
  });

  it("-x leaves tests out, but the failure counts", async () => {
    const results = await check({
      ...source,
      ...settings("-x"),
      "tests/test_foo.py": `${head}def test_a():\n    assert add(1, 2) == 4\n\n\ndef test_b():\n    assert True\n`,
    });
    expect(results.tests).toMatchObject({ verdict: "failed", candidates: 2, checked: 1 });
  });
});

describe("G22 one run", () => {
  it("feeds all three gates", async () => {
    const files = {
      ...passing,
      "tests/conftest.py": `import os\n\nwith open(os.environ["COUNT"], "a") as f:\n    f.write("x")\n`,
    };
    const { root } = await project({ ...files, ...settings(), count: "" });
    const { env } = await pythonEnv();
    await runInMemory({
      root,
      plugins: [coverage({ env: ["COUNT"] })],
      only: ["tests", "coverage", "flaky"],
      env: { ...env, COUNT: join(root, "count") },
    });
    expect(readFileSync(join(root, "count"), "utf8")).toBe("x");
  });
});

describe("G24 no tests where they should be", () => {
  it("is no-input and names the path", async () => {
    const results = await check({ ...passing, ...settings() }, { components: [{ tests: ["tests/bar"] }] });
    expect(verdicts(results)).toEqual(["errored no-input", "errored no-input", "errored no-input"]);
    expect(results.tests.error?.message).toContain("tests/bar");
  });
});

describe("G25 two components at once", () => {
  it("are both right, and nothing is written into the tree", async () => {
    const { root } = await project({
      ...settings(),
      "src/one/__init__.py": "def f():\n    return 1\n",
      "src/two/__init__.py": "def g(x):\n    if x:\n        return 1\n    return 2\n",
      "tests/one/test_f.py": "from one import f\n\n\ndef test_f():\n    assert f() == 1\n",
      "tests/two/test_g.py": "from two import g\n\n\ndef test_g():\n    assert g(0) == 1\n",
    });
    const { env } = await pythonEnv();
    const { report } = await runInMemory({
      root,
      env,
      plugins: [coverage()],
      only: ["tests", "coverage", "flaky"],
      components: ["one", "two"].map((name) => ({ name, tests: [`tests/${name}`] })),
    });
    const results = report.stages.flatMap((stage) => stage.results);
    const of = (component: string, gate: string) =>
      results.find((one) => one.component === component && one.gate === gate);
    expect(of("one", "tests")?.verdict).toBe("passed");
    expect(of("two", "tests")?.verdict).toBe("failed");
    expect(of("one", "coverage")?.measurements[0]?.value).toBe(100);
    expect(of("two", "coverage")?.measurements[0]?.value).toBe(75);
    expect(
      readdirSync(root)
        .filter((name) => name !== ".towpath")
        .toSorted(),
    ).toEqual(["pyproject.toml", "src", "tests"]);
    expect(existsSync(join(root, "tests/one/__pycache__"))).toBe(false);
  });
});
