import { memoryJournal } from "@towpath/core";
import { project, pythonEnv, runInMemory } from "@towpath/testkit";
import { describe, expect, it } from "vitest";
import coverage, { type CoverageUserOptions } from "../src/index.ts";
import { checkKind, release, staging } from "./deployed.ts";
import { settings } from "./live.ts";

/** Ten statements; `add` is two of them, what serves it the rest. */
const source = {
  "src/foo/__init__.py": `from http.server import BaseHTTPRequestHandler, HTTPServer


def add(a, b):
    return a + b


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(str(add(1, 2)).encode())


def serve():
    return HTTPServer(("127.0.0.1", 0), Handler)
`,
};

/** Asks what TOWPATH_URL names, or a server in this process. */
const conftest = `import os
import threading
import urllib.request

import foo
import pytest


@pytest.fixture
def ask():
    url = os.environ.get("TOWPATH_URL")
    server = None
    if url is None:
        server = foo.serve()
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"

    def get(path):
        request = urllib.request.Request(url + path, headers={"x-release": os.environ.get("TOWPATH_RELEASE", "")})
        return urllib.request.urlopen(request).read().decode()

    yield get
    if server is not None:
        server.shutdown()
        server.server_close()
`;

const unit = "from foo import add\n\n\ndef test_unit():\n    assert add(1, 2) == 3\n";
const asks = 'def test_asks(ask):\n    assert ask("/add") == "3"\n';
const fails = "def test_fails():\n    assert 0\n";
const marked = (marker: string, test: string): string =>
  `import pytest\n\npytestmark = pytest.mark.${marker}\n\n\n${test}`;
const markers = 'markers = ["integration: i", "e2e: e", "slow: s"]\n';

const byPath: CoverageUserOptions = {
  integration: { paths: ["tests/integration"] },
  e2e: { paths: ["tests/e2e"] },
};
const byMarker: CoverageUserOptions = { integration: { marker: "integration" }, e2e: { marker: "e2e" } };

/** The same tests, told apart by their folder or by their marker. */
function suite(
  how: CoverageUserOptions,
  tests: { integration?: string; e2e?: string },
): Record<string, string> {
  const file = (kind: "integration" | "e2e"): Record<string, string> => {
    const test = tests[kind];
    if (test === undefined) return {};
    return how === byPath
      ? { [`tests/${kind}/test_${kind}.py`]: test }
      : { [`tests/test_${kind}.py`]: marked(kind, test) };
  };
  return {
    ...source,
    ...settings("", markers),
    "tests/conftest.py": conftest,
    "tests/test_unit.py": unit,
    ...file("integration"),
    ...file("e2e"),
  };
}

describe.each([
  ["by path", byPath],
  ["by marker", byMarker],
])("tests told apart %s", (_, options) => {
  it("unit tests alone decide the gates of unit tests", async () => {
    const files = suite(options, { integration: fails, e2e: fails });
    const tests = await checkKind("tests", files, { options });
    expect(tests).toMatchObject({ verdict: "passed", candidates: 1, checked: 1 });
    const alone = await checkKind("coverage", suite(options, {}), { options: {} });
    const beside = await checkKind("coverage", suite(options, { integration: asks }), { options });
    expect(beside.measurements[0]?.value).toBe(alone.measurements[0]?.value);
  });

  it("unit tests alone are run by the workers of xdist too", async () => {
    const files = suite(options, { integration: fails, e2e: fails });
    const tests = await checkKind("tests", files, { options: { ...options, args: ["-n2"] } });
    expect(tests).toMatchObject({ verdict: "passed", candidates: 1, checked: 1 });
  });

  it.each(["integration", "e2e"] as const)("%s tests ask what staging runs", async (kind) => {
    const other = kind === "e2e" ? "integration" : "e2e";
    const { url, asked } = await staging("3");
    const result = await checkKind(kind, suite(options, { [kind]: asks, [other]: fails }), { options, url });
    expect(result).toMatchObject({
      verdict: "passed",
      candidates: 1,
      checked: 1,
      details: { variables: ["TOWPATH_URL", "TOWPATH_RELEASE"] },
    });
    expect(asked).toEqual([`/add of ${release}`]);
  });

  it.each(["integration", "e2e"] as const)("%s tests fail when staging answers wrongly", async (kind) => {
    const { url } = await staging("4");
    const result = await checkKind(kind, suite(options, { [kind]: asks }), { options, url });
    expect(result).toMatchObject({ verdict: "failed", code: "TP3202", measurements: [{ value: 1 }] });
    expect(result.findings).toMatchObject([{ rule: "pytest/failed", level: "error" }]);
  });

  it.each(["integration", "integration-coverage", "e2e"] as const)(
    "%s is not decided without a test",
    async (gate) => {
      const { url } = await staging("3");
      const skipped = "import pytest\n\n\n@pytest.mark.skip\ndef test_skipped():\n    pass\n";
      for (const tests of [{}, { integration: skipped, e2e: skipped }]) {
        const result = await checkKind(gate, suite(options, tests), { options, url });
        expect(result).toMatchObject({ verdict: "errored", error: { kind: "no-input" } });
        expect(result.error?.message).toMatch(/^no (?:integration|end-to-end) test ran$/);
      }
    },
  );
});

describe("tests against what staging runs", () => {
  const files = suite(byPath, { integration: asks });

  it("cannot be decided where nobody knows its URL, or staging runs nothing", async () => {
    for (const journal of [undefined, memoryJournal()]) {
      const setup = { options: byPath, ...(journal && { journal }) };
      const result = await checkKind("integration", files, setup);
      expect(result).toMatchObject({ verdict: "errored", error: { kind: "no-input" } });
    }
  });

  it("are flaky, and fail, when they pass alone", async () => {
    const { url, asked } = await staging("3");
    const flaky = `import pathlib\n\n\ndef test_flaky(ask):\n    seen = pathlib.Path("seen")\n    first = not seen.exists()\n    seen.touch()\n    ask("/")\n    assert not first\n`;
    const tests = suite(byPath, { integration: flaky });
    const result = await checkKind("integration", tests, { options: byPath, url });
    expect(result).toMatchObject({ verdict: "failed", measurements: [{ value: 1 }] });
    expect(result.findings).toMatchObject([{ rule: "pytest/flaky", level: "error" }]);
    expect(asked).toHaveLength(2);
    const options = { ...byPath, flaky: "warn" } as const;
    expect(await checkKind("integration", tests, { options, url })).toMatchObject({ verdict: "warned" });
  });

  it("run although the project's settings leave them out of an ordinary run and measure coverage", async () => {
    const { url } = await staging("3");
    const addopts = "-m 'not integration' --cov=src --cov-fail-under=100 --cov-report=html";
    const tests = { ...suite(byMarker, { integration: asks }), ...settings(addopts, markers) };
    const result = await checkKind("integration", tests, { options: byMarker, url });
    expect(result).toMatchObject({ verdict: "passed", checked: 1, notes: [] });
  });

  it("are not decided when the marker expression is none", async () => {
    const { url } = await staging("3");
    const options = { integration: { marker: "integration and (" } };
    const result = await checkKind("integration", files, { options, url });
    expect(result).toMatchObject({
      verdict: "errored",
      error: { kind: "tool-config", why: expect.stringContaining("integration and (") },
    });
  });
});

describe("unit tests", () => {
  it("stay left out that the project or the options leave out by marker", async () => {
    const slow = marked("slow", fails);
    const tests = { ...suite(byMarker, { integration: fails }), "tests/test_slow.py": slow };
    const leave = { ...tests, ...settings("-m 'not slow'", markers) };
    expect(await checkKind("tests", leave, { options: byMarker })).toMatchObject({
      verdict: "passed",
      checked: 1,
    });
    const options = { ...byMarker, args: ["-m", "not slow"] };
    expect(await checkKind("tests", tests, { options })).toMatchObject({ verdict: "passed", checked: 1 });
  });

  it("that start pytest themselves leave nothing out there", async () => {
    const inner = `import subprocess\nimport sys\n\n\ndef test_inner(tmp_path):\n    (tmp_path / "test_x.py").write_text("import pytest\\n\\n@pytest.mark.e2e\\ndef test_x(): pass")\n    assert subprocess.run([sys.executable, "-m", "pytest", str(tmp_path)]).returncode == 0\n`;
    const tests = { ...suite(byMarker, {}), "tests/test_unit.py": inner };
    expect(await checkKind("tests", tests, { options: byMarker })).toMatchObject({
      verdict: "passed",
      checked: 1,
    });
  });
});

describe("coverage by integration tests", () => {
  const files = suite(byPath, { integration: asks });

  it("is that of the integration tests alone, in this process, whatever URL is around", async () => {
    const { url, asked } = await staging("3");
    const env = { TOWPATH_URL: url };
    const result = await checkKind("integration-coverage", files, { options: byPath, url, env });
    expect(result).toMatchObject({
      verdict: "passed",
      measurements: [
        { name: "statement coverage by integration tests", value: 100, threshold: 80, operator: ">=" },
        { name: "failing integration tests", value: 0 },
      ],
    });
    expect(asked).toEqual([]);
  });

  it("fails below the threshold of the target", async () => {
    const tests = { ...files, "src/foo/never.py": "A = 1\nB = 2\nC = 3\nD = 4\n" };
    const options = { ...byPath, integrationCoverage: { staging: 60 } };
    const setup = { options, target: "production" } as const;
    expect(await checkKind("integration-coverage", tests, setup)).toMatchObject({
      verdict: "failed",
      code: "TP3201",
    });
    const lower = await checkKind("integration-coverage", tests, { ...setup, target: "staging" });
    expect(lower).toMatchObject({ measurements: [{ threshold: 60 }, {}] });
    expect(["passed", "warned"]).toContain(lower.verdict);
  });

  it("counts for nothing when a test fails without a deployment, and says why that may be", async () => {
    const remote = 'import os\n\n\ndef test_remote():\n    assert os.environ["TOWPATH_URL"]\n';
    const tests = { ...files, "tests/integration/test_remote.py": remote };
    const result = await checkKind("integration-coverage", tests, { options: byPath });
    expect(result).toMatchObject({ verdict: "failed", measurements: [{ value: 100 }, { value: 1 }] });
    expect(result.notes?.join()).toContain("without TOWPATH_URL");
  });
});

it("without the options there are no gates for them", async () => {
  const { root } = await project(suite(byPath, {}));
  const { env } = await pythonEnv();
  for (const gate of ["integration", "integration-coverage", "e2e"]) {
    const run = runInMemory({ root, env, plugins: [coverage()], only: [gate], target: "production" });
    await expect(run).rejects.toThrow(gate);
  }
});
