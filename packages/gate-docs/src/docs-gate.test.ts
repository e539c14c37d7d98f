import { createHash } from "node:crypto";
import { symlink } from "node:fs/promises";
import { join } from "node:path";
import type { Component, GateResult, Target } from "@towpath/core";
import { memoryJournal } from "@towpath/core";
import { project, pythonEnv, runGate } from "@towpath/testkit";
import { describe, expect, it } from "vitest";
import docs, { type DocsUserOptions } from "./index.ts";

const { env } = await pythonEnv();

const readme = "# Foo\n\nIt counts books.\n\n```python\nimport foo\n```\n";
const whole = { "README.md": readme, "src/foo/__init__.py": '"""Counts books."""\n' };

async function ask(
  files: Readonly<Record<string, string | Uint8Array>>,
  {
    options,
    target = "staging",
    component,
  }: { options?: DocsUserOptions; target?: Target; component?: Partial<Component> } = {},
): Promise<GateResult> {
  const { root } = await project(files, { git: true });
  return runGate(docs(options), "docs", {
    root,
    env,
    target,
    ...(component === undefined ? {} : { component }),
  });
}

const rules = ({ findings }: GateResult): readonly string[] => findings.map(({ rule }) => rule).toSorted();
const figure = ({ measurements }: GateResult, name: string): number | undefined =>
  measurements.find((one) => one.name === name)?.value;

describe("docstrings", () => {
  /** What the gate calls undescribed in a module that is itself described. */
  async function undescribed(source: string): Promise<readonly string[]> {
    const files = { ...whole, "src/foo/a.py": `"""A module."""\n${source}` };
    const result = await ask(files, { options: { docstrings: { staging: 100 } } });
    return result.findings.map(({ message, range }) => `${range?.startLine}:${message}`);
  }

  it("are asked of modules, classes, methods and functions", async () => {
    expect(
      await undescribed("class A:\n    def m(self): ...\n    async def n(self): ...\ndef f(): ...\n"),
    ).toEqual([
      "2:the class A has no docstring",
      "3:the method A.m has no docstring",
      "4:the method A.n has no docstring",
      "5:the function f has no docstring",
    ]);
    const result = await ask(
      { ...whole, "src/foo/a.py": "X = 1\n" },
      { options: { docstrings: { staging: 100 } } },
    );
    expect(result.findings).toMatchObject([{ rule: "no-docstring-module", file: "src/foo/a.py" }]);
  });

  it.each([
    ["private names", "def _f(): ...\nclass _A:\n    def m(self): ...\n"],
    ["names like __init__", 'class A:\n    """A."""\n    def __init__(self): ...\n'],
    ["functions in functions", 'def f():\n    """F."""\n    def g(): ...\n    class B: ...\n'],
    [
      "overloads",
      'import typing\n@typing.overload\ndef f(x: int): ...\n@typing.overload\ndef f(x: str): ...\ndef f(x):\n    """F."""\n',
    ],
    ["overriding methods", 'class A(B):\n    """A."""\n    @override\n    def m(self): ...\n'],
    [
      "setters",
      'class A:\n    """A."""\n    @property\n    def p(self):\n        """P."""\n    @p.setter\n    def p(self, v): ...\n',
    ],
    ["what is not in __all__", '__all__ = ["f"]\n__all__ += ["g"]\ndef f():\n    """F."""\ndef h(): ...\n'],
    ["another spelling of the same", 'try:\n    def f():\n        """F."""\nexcept E:\n    def f(): ...\n'],
  ])("are not asked of %s", async (_, source) => {
    expect(await undescribed(source)).toEqual([]);
  });

  it("are asked of what stands under a condition, and of classes in classes", async () => {
    expect(await undescribed('if X:\n    def f(): ...\nclass A:\n    """A."""\n    class B: ...\n')).toEqual([
      "3:the function f has no docstring",
      "6:the class A.B has no docstring",
    ]);
  });

  it("are asked of what runs and what is read, whatever overloads and setters say", async () => {
    const overload = '@overload\ndef f(x: int):\n    """F."""\ndef f(x): ...\n';
    expect(await undescribed(overload)).toEqual(["5:the function f has no docstring"]);
    const property = "    @property\n    def p(self): ...\n";
    const setter = '    @p.setter\n    def p(self, v):\n        """P."""\n';
    expect(await undescribed(`class A:\n    """A."""\n${property}${setter}`)).toEqual([
      "5:the method A.p has no docstring",
    ]);
  });

  it("must say something, and be docstrings", async () => {
    expect(
      await undescribed(
        'def f():\n    """   """\ndef g():\n    # G\n    return 1\ndef h():\n    f"""H."""\n',
      ),
    ).toHaveLength(3);
  });

  it("are asked of what __all__ exports in spite of its name, and of all if it is computed", async () => {
    expect(await undescribed('__all__ = ["_f"]\ndef _f(): ...\n')).toHaveLength(1);
    expect(await undescribed("__all__ = names()\ndef f(): ...\n")).toHaveLength(1);
  });

  it("are asked of no test, no private module and no empty file", async () => {
    const bare = "def f(): ...\n";
    const files = { "src/foo/test_a.py": bare, "src/foo/_b.py": bare, "src/foo/sub/__init__.py": "" };
    expect(await ask({ ...whole, ...files })).toMatchObject({ verdict: "passed", checked: 4, findings: [] });
  });

  it("are held against the threshold of the target, and never rounded up to it", async () => {
    const described = Array.from({ length: 4 }, (_, index) => `def f${index}():\n    """F."""\n`).join("");
    // With both modules 6 of 8.
    const files = { ...whole, "src/foo/a.py": `"""A."""\n${described}def g(): ...\ndef h(): ...\n` };
    const verdictFor = async (target: Target, options?: DocsUserOptions): Promise<string> =>
      (await ask(files, { target, ...(options === undefined ? {} : { options }) })).verdict;
    expect(await verdictFor("dev")).toBe("passed");
    expect(await verdictFor("staging")).toBe("failed");
    expect(await verdictFor("staging", { docstrings: { staging: 75 } })).toBe("passed");
    expect(await verdictFor("staging", { docstrings: { staging: 75.01 } })).toBe("failed");
    const tolerated = await ask(files, { options: { docstrings: { staging: 75 } } });
    expect(tolerated.findings.map(({ level }) => level)).toEqual(["note", "note"]);
    expect(figure(tolerated, "documented definitions")).toBe(75);
  });

  it("of what cannot be parsed are unknown", async () => {
    const result = await ask({ ...whole, "src/foo/a.py": "def (:\n", "src/foo/_b.py": "x = \n" });
    expect(result).toMatchObject({ verdict: "errored", error: { kind: "parse" } });
    expect(result.error?.where).toEqual([
      expect.stringMatching(/^src\/foo\/_b\.py:1: /),
      expect.stringMatching(/^src\/foo\/a\.py:1: /),
    ]);
  });

  it("are read in the encoding of their file", async () => {
    const latin = Buffer.from('# coding: latin-1\n"""Zählt."""\ndef zähle():\n    """Zählt."""\n', "latin1");
    expect((await ask({ ...whole, "src/foo/a.py": latin })).verdict).toBe("passed");
  });
});

describe("the README", () => {
  it("may lie beside the source, or in a folder above it; the nearest counts", async () => {
    const { "README.md": _, ...source } = whole;
    expect((await ask(whole)).notes).toContain("the README is README.md");
    const near = await ask({
      ...source,
      "README.md": "",
      "src/foo/README.rst": "It counts::\n\n    import foo\n\n>>> foo\n",
    });
    expect(near).toMatchObject({ verdict: "passed" });
    expect(near.notes).toContain("the README is src/foo/README.rst");
    const file = { "foo.py": '"""Counts."""\n', "README.md": readme };
    expect((await ask(file, { component: { source: ["foo.py"] } })).verdict).toBe("passed");
  });

  it.each([
    ["missing", undefined, "readme-missing", "src/foo/README.md"],
    ["empty", "\n", "readme-empty", "README.md"],
    ["a heading alone", "# Foo\n```python\nimport foo\n```\n", "readme-empty", "README.md"],
    ["without an example", "# Foo\n\nIt counts.\n", "readme-no-example", "README.md"],
  ])("blocks when it is %s", async (_, text, rule, file) => {
    const { "README.md": __, ...source } = whole;
    const result = await ask({
      ...source,
      "src/foo/a.py": '"""A.\n\n>>> 1\n1\n"""\n',
      ...(text === undefined ? {} : { "README.md": text }),
    });
    expect(result).toMatchObject({ verdict: "failed", code: "TP3601" });
    expect(result.findings).toMatchObject([{ rule, file, range: { startLine: 1 }, fix: { kind: "text" } }]);
  });

  it("is the one that the option names, and no other", async () => {
    const files = { ...whole, "docs/foo.md": readme };
    const named = await ask(files, { options: { readme: "docs/foo.md" } });
    expect(named.notes).toContain("the README is docs/foo.md");
    const gone = await ask(files, { options: { readme: "docs/gone.md" } });
    expect(gone.findings).toContainEqual(
      expect.objectContaining({ rule: "readme-missing", file: "docs/gone.md" }),
    );
  });

  it("does not count when a link leads out of the repository for it", async () => {
    const { "README.md": _, ...source } = whole;
    const outside = await project({ "README.md": readme, "examples/a.py": "import foo\n" });
    const { root } = await project(source);
    await symlink(join(outside.root, "README.md"), join(root, "README.md"));
    await symlink(join(outside.root, "examples"), join(root, "examples"));
    const result = await runGate(docs(), "docs", { root, env, target: "staging" });
    expect(rules(result)).toEqual(["no-usage-example", "readme-missing"]);
  });

  it("does not count when git ignores it", async () => {
    const result = await ask({ ...whole, ".gitignore": "README.md\n" });
    expect(rules(result)).toEqual(["no-usage-example", "readme-missing"]);
  });
});

describe("an example of use", () => {
  const shell = "# Foo\n\nIt counts.\n\n```console\n$ foo\n```\n";
  const bare = { ...whole, "README.md": shell };

  it("is asked for", async () => {
    expect(rules(await ask(bare))).toEqual(["no-usage-example"]);
  });

  it.each([
    ["a Python block of the README", { "README.md": readme }],
    ["a doctest", { "src/foo/a.py": '"""A."""\ndef f():\n    """F.\n\n    >>> f()\n    """\n' }],
    ["a file that imports the component", { "examples/a.py": "from foo import a\n" }],
    ["a file beside the source", { "src/foo/examples/_a.py": "import foo.a as a\n" }],
  ])("may be %s", async (_, files) => {
    const result = await ask({ ...bare, ...files });
    expect(result.verdict).toBe("passed");
    expect(figure(result, "usage examples")).toBe(1);
  });

  it.each([
    ["a file about another component", { "examples/a.py": "import bar\n# import foo\nfoo = 'foo'\n" }],
    ["a doctest of something private", { "src/foo/_a.py": 'def f():\n    """>>> f()"""\n' }],
    ["text that is no doctest", { "src/foo/a.py": '"""A >>> B."""\n' }],
  ])("is not %s", async (_, files) => {
    expect(rules(await ask({ ...bare, ...files }))).toEqual(["no-usage-example"]);
  });
});

it("imports nothing of the component", async () => {
  const trap = '"""Trap."""\nraise SystemExit(7)\n';
  const files = {
    ...whole,
    "src/foo/ast.py": trap,
    "ast.py": trap,
    "json.py": trap,
    "sitecustomize.py": trap,
  };
  expect((await ask(files)).verdict).toBe("passed");
});

it("is not asked again as long as source, documents and Python are the same", async () => {
  const made = await project(whole, { git: true });
  const journal = memoryJournal();
  const again = (): Promise<GateResult> =>
    runGate(docs(), "docs", { root: made.root, env, journal, target: "staging" });
  const { inputs } = await again();
  expect((await again()).inputs).toEqual(inputs);
  await made.write("README.md", `${readme}More.\n`);
  expect((await again()).inputs.environment).not.toBe(inputs.environment);
  await made.write("README.md", readme);
  expect((await again()).inputs).toEqual(inputs);
  await made.write("examples/a.py", "import foo\n");
  expect((await again()).inputs.environment).not.toBe(inputs.environment);
});

it("does not believe an answer that was cut or changed on its way, or that is about other files", async () => {
  const { root } = await project({ ...whole, "src/foo/a.py": "def f(): ...\n" });
  const seal = (text: string): string => `${createHash("sha256").update(text).digest("hex")}\n${text}`;
  const told = async (change: (stdout: string) => string): Promise<GateResult> =>
    runGate(docs(), "docs", {
      root,
      env,
      target: "staging",
      exec: (real) => async (request) => {
        const result = await real(request);
        return request.args.includes("-c") ? { ...result, stdout: change(result.stdout) } : result;
      },
    });
  const json = (stdout: string): string => stdout.slice(stdout.indexOf("\n") + 1);
  expect((await told((stdout) => seal(json(stdout)))).verdict).toBe("failed");
  for (const change of [
    (stdout: string) => stdout.replaceAll('"documented": false', '"documented": true'),
    (stdout: string) => json(stdout),
    () => seal('{"files": []}'),
  ]) {
    expect(await told(change)).toMatchObject({ verdict: "errored", error: { kind: "mismatch" } });
  }
});
