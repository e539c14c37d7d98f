import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { forbiddenCode } from "./forbidden-code.ts";

const rulesOf = (after: string, before = "", isTest = false): string[] =>
  forbiddenCode({ before, after, isTest }).map(({ rule }) => rule);

describe("comments that silence a check", () => {
  it.each([
    "# noqa",
    "#noqa:E501",
    "# NoQA: F401",
    "# flake8: noqa",
    "# flake8=noqa",
    "# ruff: noqa: F401",
    "# type: ignore",
    "# type:ignore[attr-defined]",
    "# pyright: ignore",
    "# pyright: basic",
    "# pyright: reportMissingImports=false",
    "# mypy: ignore-errors",
    "# ty: ignore",
    "# nosec",
    "# nosec B101",
    "# nosemgrep",
    "# pragma: no cover",
    "# pragma: no branch",
    "# pragma no cover",
    "#PRAGMA NO COVER",
    "# pragmano branch",
    "# nosem",
    "# pragma: allowlist secret",
    "# pylint: disable=all",
    "# fmt: off",
    "# fmt: skip",
    "# isort: skip_file",
    "# a reason  # noqa",
  ])("%s", (comment) => {
    expect(forbiddenCode({ before: "", after: `x = 1\ny = 2  ${comment}\n`, isTest: false })).toEqual([
      { rule: "suppression", line: 2, detail: expect.stringContaining("it silences a check: #") },
    ]);
  });

  it.each([
    ["in strings", "x = '# noqa'\ny = f'{x} # type: ignore'\n"],
    ["in docstrings", '"""Use # type: ignore with care."""\n'],
    ["that only look so", "# pragmatic\n# the type is ignored\n# notnoqa\n# pyright: strict\n"],
  ])("none %s", (_, source) => {
    expect(rulesOf(source)).toEqual([]);
  });

  it("in a string is one where coverage.py reads strings, too", () => {
    const source = 'def f(x="# pragma: no cover"):\n    return x\n';
    expect(forbiddenCode({ before: "", after: source, isTest: false })).toMatchObject([
      { rule: "suppression", line: 1 },
    ]);
    expect(rulesOf(source, source)).toEqual([]);
  });

  it("that were there already may stay, may go, and may move, yet not become more or wider", () => {
    const before = "import os  # noqa: F401\nimport re\n";
    expect(rulesOf(before, before)).toEqual([]);
    expect(rulesOf("import os\n", before)).toEqual([]);
    expect(rulesOf("import re\n\nimport os  # noqa:  F401\n", before)).toEqual([]);
    expect(rulesOf(`${before}import io  # noqa: F401\n`, before)).toEqual(["suppression"]);
    expect(rulesOf("import os  # noqa\n", before)).toEqual(["suppression"]);
  });

  it("property: one more of them is always seen, wherever it stands among strings and code", () => {
    const line = fc.constantFrom("x = '#'", 'y = """\n#\n"""', "z = f'{x}'", "# plain", "def f(): pass", "");
    fc.assert(
      fc.property(fc.array(line), fc.array(line), (above, below) => {
        const whole = (middle: string[]): string => [...above, ...middle, ...below].join("\n");
        expect(rulesOf(whole(["v = 1  # noqa"]), whole(["v = 1"]))).toEqual(["suppression"]);
      }),
    );
  });
});

describe("skipped tests", () => {
  it.each([
    "@pytest.mark.skip\ndef test_a(): ...",
    "@pytest.mark.skipif(True, reason='')\ndef test_a(): ...",
    "@pytest . mark . xfail\ndef test_a(): ...",
    "pytest.skip('no')",
    "pytest.exit('no')",
    "np = pytest.importorskip('numpy')",
    "import pytest as p\np.skip('no')",
    "from pytest import skip",
    "from pytest import (\n    fixture,\n    xfail,\n)",
    "@unittest.skip('no')\ndef test_a(): ...",
    "@unittest.skipUnless(False, '')\ndef test_a(): ...",
    "raise unittest.SkipTest",
    "raise _pytest.outcomes.Skipped('no')",
    "from _pytest.outcomes import Skipped",
    "self.skipTest('no')",
    "from unittest.case import skipIf",
    "x = f'{pytest.skip()}'",
  ])("%s", (source) => {
    expect(rulesOf(source, "", true)).toContain("skip");
    expect(rulesOf(source, "", false)).toContain("skip");
    expect(rulesOf(source, source, true)).toEqual([]);
  });

  it.each([
    "collect_ignore = ['a']",
    "pytest_plugins = ['x']",
    "__test__ = False",
    "pytestmark = x",
    "def pytest_runtest_call(item): ...",
  ])("in tests: %s", (source) => {
    expect(rulesOf(source, "", true)).toEqual(["skip"]);
  });

  it.each([
    "def skip(stream, count): ...\nstream.skip(3)",
    "parser.exit()",
    "# pytest.mark.skip would be wrong",
    "x = 'pytest.skip'",
    "self.skipped = 3",
  ])("none in: %s", (source) => {
    expect(rulesOf(source)).toEqual([]);
    expect(rulesOf(source, "", true)).toEqual([]);
  });
});

describe("tampering with the test tool", () => {
  it.each([
    "os._exit(0)",
    "from os import _exit",
    "sys.modules['pytest'] = fake",
    "sys.modules.pop('_pytest.python')",
    'sys.modules["coverage"] = None',
    "setattr(pytest, 'fail', None)",
    "mock.patch.object(pytest, 'fail')",
    "pytest.raises = nothing",
    "@typing.no_type_check\ndef f(): ...",
    "x = 1; pytest.raises = nothing",
    "x = 'towpath_proof' in sys.modules",
    "os.environ.get('TOWPATH_PYTEST_LOG')",
  ])("%s", (source) => {
    expect(new Set(rulesOf(source))).toEqual(new Set(["test-tool"]));
    expect(rulesOf(source, "", true)).toEqual(["test-tool"]);
  });

  it.each([
    "import _pytest.python as p\np.Function.runtest = nothing",
    "from _pytest.python import Module, Function as F\nF.runtest = nothing",
    "from _pytest.python import (\n    Function,\n)\nsetattr(Function, 'runtest', nothing)",
    "import unittest as u\nu.TestCase.run: object = nothing",
  ])("under another name: %s", (source) => {
    expect(rulesOf(source, "", true)).toEqual(["test-tool"]);
    expect(rulesOf(source, source, true)).toEqual([]);
  });

  it.each([
    "import pytest",
    "import os, _pytest.python",
    "from hypothesis import given",
    "import unittest.mock",
    "x = sys.modules.get('_pytest.python')",
    "importlib.import_module('pytest')",
    "'PYTEST_CURRENT_TEST' in os.environ",
  ])("in source, which has no need of it: %s", (source) => {
    expect(rulesOf(source)).toEqual(["test-tool"]);
    expect(rulesOf(source, source)).toEqual([]);
    expect(rulesOf(source, "", true)).toEqual([]);
  });

  it.each([
    "self._exit(0)",
    "sys.modules['shelf'] = fake",
    "sys.modules[name]",
    "assert pytest.approx(1) == x",
    "pytest.x == 3",
    "import coverage_of_roofs",
    "subprocess.run(['pytest'])",
    "from .unittest import x",
    'x = "os._exit(0)"',
  ])("none in: %s", (source) => {
    expect(rulesOf(source)).toEqual([]);
  });
});

it.each([
  ["# -*- coding: utf-7 -*-\n", ["encoding"]],
  ["#!/usr/bin/python\n# vim: set fileencoding=latin-1 :\n", ["encoding"]],
  ["# coding: UTF-8\n", []],
  ["x = 1\n\n# coding: utf-7\n", []],
])("an encoding in which comments could hide is refused: %j", (source, rules) => {
  expect(rulesOf(source)).toEqual(rules);
});

it.each(["@pytest.mark.\u017fkip\ndef test_a(): ...", "import pyte\ufb06", "\uff50ytest.raises = x"])(
  "a name that Python reads as another one is refused: %s",
  (source) => {
    expect(rulesOf(source, "", true)).toContain("encoding");
    expect(rulesOf(source, source, true)).toEqual([]);
  },
);

it("names of other languages, and any text in strings, are as good as others", () => {
  expect(rulesOf("größe = 'pyte\ufb06'\nπ = 3  # \u017f\n名 = π\n")).toEqual([]);
});

it("what was generated says so in its head, which nobody else may write or change", () => {
  const head = '# Generated.\n# towpath-testgen: {"tier":"T2","open":true}\n';
  expect(rulesOf(`${head}x = 1\n`, `${head}x = 2\n`, true)).toEqual([]);
  expect(rulesOf(`${head}x = 1\n`, "", true)).toEqual(["generated"]);
  expect(rulesOf(`${head.replace("T2", "T0")}x = 1\n`, `${head}x = 1\n`, true)).toEqual(["generated"]);
});
