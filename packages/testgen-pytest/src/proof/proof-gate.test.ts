import { memoryJournal, type Component, type Fact, type GateResult } from "@towpath/core";
import { project, pythonEnv, runGate } from "@towpath/testkit";
import { describe, expect, it } from "vitest";
import { requirement, specOf } from "../../test/spec-of.ts";
import { shelf } from "../../test/shelf.ts";
import { specFile, withArtifacts } from "../../test/with-artifacts.ts";
import testgen from "../index.ts";

const limit = 120_000;
const spec = specOf({ requirements: [requirement("FR-1")], apiBlocks: shelf.apiBlocks });

async function prove(
  files: Readonly<Record<string, string>>,
  { facts = [], component = {} }: { facts?: readonly Fact[]; component?: Partial<Component> } = {},
): Promise<GateResult> {
  const { root } = await project({
    [specFile]: JSON.stringify(spec),
    "pyproject.toml":
      '[tool.pytest.ini_options]\npythonpath = ["src"]\naddopts = "--strict-markers -x -n 2"\n',
    "src/foo/__init__.py": "from foo.inner import Shelf, join\n",
    "src/foo/inner.py":
      "class Shelf:\n    def __init__(self, limit=3):\n        pass\n    def count(self, isbn):\n        return 0\n\ndef join(first, second):\n    return first + second\n\nLARGEST = 3\n\ndef helper(x):\n    return x\n",
    ...files,
  });
  const journal = memoryJournal();
  journal.commit({ facts: facts.map((fact) => ({ component: "foo", fact })) });
  return runGate(withArtifacts(testgen()), "proof", {
    root,
    journal,
    component: { tests: ["tests"], ...component },
    env: (await pythonEnv("python-scenarios")).env,
  });
}

/** Names of the tests that findings of a rule are about. */
const about = ({ findings }: GateResult, rule: string): readonly string[] =>
  findings.filter((one) => one.rule === rule).map(({ message }) => /::(\w+)/.exec(message)?.[1] ?? message);

const marked = (name: string, body: string, more = ""): string =>
  `${more}@pytest.mark.spec("FR-1")\ndef ${name}:\n${body
    .split("\n")
    .map((line) => `    ${line}\n`)
    .join("")}\n\n`;

const head = `import subprocess
import sys

import pytest

from foo import Shelf, join
from foo.inner import LARGEST, helper


@pytest.fixture(scope="module")
def made():
    return Shelf()


@pytest.fixture(scope="module")
def server():
    return subprocess.run([sys.executable, "-c", "print(1)"], capture_output=True)


`;

describe("the gate proof", () => {
  it(
    "finds the tests that an implementation which does nothing passes, and no others",
    async () => {
      const result = await prove({
        "tests/test_foo.py":
          head +
          marked("test_value()", "assert join(1, 2) == 3") +
          marked("test_constant()", "assert True") +
          marked("test_exists()", "assert callable(join)") +
          marked("test_itself()", "assert join(1, 2) == join(1, 2)") +
          marked("test_any_error()", "with pytest.raises(Exception):\n    Shelf().count('a')") +
          marked("test_true()", "assert Shelf().count('a') or True is None") +
          marked("test_false(made)", "assert not made.count('a')") +
          marked("test_rows(a)", "assert join(a, 2) != 0", '@pytest.mark.parametrize("a", [1, 2])\n') +
          marked(
            "test_one_row(a)",
            "assert a == 1 or join(a, 2) == 4",
            '@pytest.mark.parametrize("a", [1, 2])\n',
          ) +
          marked(
            "test_counted(a)",
            "assert helper(a) == a",
            '@pytest.mark.parametrize("a", [LARGEST + 1])\n',
          ) +
          marked("test_not_promised()", "assert helper(3) == 3") +
          marked("test_not_promised_either()", "assert helper(3) is not None") +
          marked("test_expected_failure()", "assert join(1, 2) == 4", "@pytest.mark.xfail\n") +
          "def test_without_marker():\n    assert True\n",
      });
      expect([result.verdict, result.error]).toEqual(["failed", undefined]);
      expect(about(result, "TP1131")).toEqual([
        "test_constant",
        "test_exists",
        "test_itself",
        "test_any_error",
        "test_rows",
        "test_not_promised_either",
      ]);
      expect(
        result.findings.every(({ level, file }) => level === "error" && file === "tests/test_foo.py"),
      ).toBe(true);
      expect(result.findings[0]?.range?.startLine).toBe(25);
      expect(result.checked).toBe(13);
      expect(result.measurements[0]?.value).toBe(6);
    },
    limit,
  );

  it(
    "asks the record of failures about tests that reach out of the process or are skipped",
    async () => {
      const files = {
        "tests/test_foo.py":
          head +
          marked("test_process()", "subprocess.run([sys.executable, '-m', 'foo'])") +
          marked("test_server(server)", "assert server") +
          marked("test_uses_server_later(server)", "assert server") +
          marked("test_skipped()", "assert True", "@pytest.mark.skip\n") +
          marked("test_value()", "assert join(1, 2) == 3"),
      };
      const unseen = await prove(files);
      expect([unseen.verdict, unseen.error]).toEqual(["warned", undefined]);
      expect(about(unseen, "TP1132")).toEqual([
        "test_process",
        "test_server",
        "test_uses_server_later",
        "test_skipped",
      ]);
      const tests = about(unseen, "TP1132").map((name) => `tests/test_foo.py::${name}`);
      const red: Fact = { kind: "red", at: "2026-01-01T00:00:00Z", generator: "pytest", tests, tree: "t" };
      expect((await prove(files, { facts: [red] })).verdict).toBe("passed");
    },
    limit,
  );

  it(
    "does not take the failure of steps that were not written yet for that of steps that were",
    async () => {
      const generated =
        '# towpath-testgen: {"component":"foo","spec":"s","generator":"0","tier":"T2","open":false,"content":"c"}\n';
      const tests = ["tests/spec/test_foo_scenarios.py::test_scenario"];
      const red: Fact = { kind: "red", at: "2026-01-01T00:00:00Z", generator: "pytest", tests, tree: "t" };
      const files = {
        "tests/spec/test_foo_scenarios.py":
          `# Generated\n${generated}import subprocess\nimport sys\n\nimport pytest\n\n\n` +
          marked("test_scenario()", "subprocess.run([sys.executable, '-c', ''])"),
      };
      expect(about(await prove(files, { facts: [red] }), "TP1132")).toEqual(["test_scenario"]);
    },
    limit,
  );

  it(
    "knows from what was executed which tests there are, wherever their marker comes from",
    async () => {
      const result = await prove({
        "tests/named.py": 'import pytest\n\nfr1 = pytest.mark.spec("FR-1")\n',
        "tests/test_elsewhere.py":
          "from named import fr1\n\n\n@fr1\ndef test_elsewhere():\n    assert True\n",
        "tests/test_early.py":
          "import pytest\n\nimport foo\n\nassert foo.join(1, 2) == 3\n\n\n" +
          marked("test_early()", "assert True"),
        "tests/test_rows.py":
          "import pytest\n\nimport foo\n\n\nif foo.__file__.endswith('src/foo/__init__.py'):\n    " +
          "@pytest.mark.parametrize('n', ['[a]', 'b'])\n    @pytest.mark.spec('FR-1')\n    def test_now_and_then(n):\n        pass\n",
        "tests/test_foo.py": head + marked("test_value()", "assert join(1, 2) == 3"),
      });
      expect(result.error).toBeUndefined();
      expect(about(result, "TP1131")).toEqual(["test_elsewhere"]);
      expect(about(result, "TP1132")).toEqual(["test_early", "test_now_and_then"]);
    },
    limit,
  );

  it(
    "has nothing to say where no test names a requirement, and cannot be led to the real code",
    async () => {
      const none = await prove({ "tests/test_foo.py": "def test_a():\n    assert 1\n" });
      expect(none.error?.kind).toBe("no-input");
      const unexpected = await prove(
        {
          "lib/inner/bar.py": "def join(a, b):\n    return a + b\n",
          "tests/test_foo.py":
            "import sys\n\nimport pytest\n\nsys.path.insert(0, 'lib/inner')\nfrom bar import join\n\n\n" +
            marked("test_value()", "assert join(1, 2) == 3"),
        },
        { component: { source: ["lib"] } },
      );
      expect([unexpected.error?.kind, unexpected.findings]).toEqual(["environment", []]);
    },
    limit,
  );

  it(
    "runs no file of tests in which no requirement can be named",
    async () => {
      const { verdict, notes } = await prove({
        "run.json": "[]",
        "tests/test_other.py": "raise SystemExit(3)\n",
        "tests/test_foo.py": head + marked("test_value()", "assert join(1, 2) == 3"),
      });
      expect(verdict).toBe("passed");
      expect(notes).toEqual(["1 of 1 tests fail on an implementation that does nothing"]);
    },
    limit,
  );
});
