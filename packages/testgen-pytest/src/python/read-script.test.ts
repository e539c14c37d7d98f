import type { SpecExample } from "@towpath/core";
import { array, constantFrom, oneof, record, sample, string } from "fast-check";
import { describe, expect, it } from "vitest";
import { askPython } from "../../test/ask-python.ts";
import { type PythonExample, type PythonReading, pythonReading } from "./api.ts";
import { readScript } from "./read-script.ts";

const api = `
LIMIT = 3
class ShelfFull(ValueError): ...
class Shelf:
    name: str
    def __init__(self, limit: int = 3): ...
    def put(self, isbn: str, *, copies: int = 1) -> "None": ...
    @property
    def size(self) -> int: ...
    @staticmethod
    def make(limit): ...
def join(first: int, second: int) -> int: ...
`;

type Asked = Pick<SpecExample, "setup" | "expression" | "expected">;

async function read(blocks: readonly string[], examples: readonly Asked[] = []): Promise<PythonReading> {
  const request = { blocks, examples, modules: ["foo", "src.foo"] };
  return pythonReading.parse(await askPython(readScript, request, ["-I", "-S"]));
}

const value = (expression: string, source = "1", setup: readonly string[] = []): Asked => ({
  setup,
  expression,
  expected: { kind: "value", source },
});

const refusedOnes: readonly Asked[] = [
  value("__import__('os').system('x')"),
  value("open('x', 'w')"),
  value("eval('1')"),
  value("exec('1')"),
  value("getattr(join, 'x')"),
  value("join.__globals__"),
  value("Shelf().__class__"),
  value("Shelf()._secret"),
  value("Shelf().elsewhere"),
  value("(lambda: 1)()"),
  value("[x for x in (1,)]"),
  value("{**{}}"),
  value("join(*[1, 2])"),
  value("join(**{})"),
  value("f'{join}'"),
  value("'{0.__class__}'.format(join)"),
  value("'%s' ** 3"),
  value("9 ** 9 ** 9"),
  value("1 << 99"),
  value("'a' * 999999999"),
  value("[1] * 99"),
  value("(yield)"),
  value("(await join(1, 2))"),
  value("(x := 1)"),
  value("foo.os.system('x')"),
  value("foo.Other()"),
  value("other()"),
  value("1; import os"),
  value("join(1, 2)\nimport os"),
  value("join(1,"),
  value("..."),
  value("join(1, 2)", "__import__('os')"),
  value("join(1, 2)", "1", ["import os"]),
  value("join(1, 2)", "1", ["from os import system"]),
  value("join(1, 2)", "1", ["from foo import other"]),
  value("join(1, 2)", "1", ["from . import join"]),
  value("join(1, 2)", "1", ["def f(): pass"]),
  value("join(1, 2)", "1", ["with open('x'): pass"]),
  value("join(1, 2)", "1", ["join.x = 3"]),
  value("join(1, 2)", "1", ["a[0] = 3"]),
  value("join(1, 2)", "1", ["del join"]),
  value("\ud800"),
  { setup: [], expression: "join(1, 2)", expected: { kind: "raises", exception: "os.system" } },
  { setup: [], expression: "join(1, 2)", expected: { kind: "raises", exception: "KeyboardInterrupt" } },
  { setup: [], expression: "join(1, 2)", expected: { kind: "raises", exception: "open" } },
];

/** Looks at every source by itself: what may stand in a test is named here once more. */
const check = `
import ast, json, sys
sources, answer = json.load(sys.stdin), []
BUILTINS = set("len sorted list dict set tuple frozenset str int float bool bytes abs min max sum round isinstance".split())
for source in sources:
    bad = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.Import, ast.ImportFrom, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp,
                             ast.Await, ast.Yield, ast.NamedExpr, ast.JoinedStr, ast.Starred, ast.FunctionDef, ast.ClassDef)):
            bad.append(type(node).__name__)
        if isinstance(node, ast.Attribute) and (node.attr.startswith("_") or node.attr.startswith("format")):
            bad.append(node.attr)
        if isinstance(node, ast.Name) and node.id not in BUILTINS | {"api"} and not node.id.startswith(("v_", "p")):
            bad.append(node.id)
    answer.append(bad if len(source.splitlines()) == 1 else bad + ["lines"])
json.dump(answer, sys.stdout)
`;

const sourcesOf = (example: PythonExample): readonly string[] => [
  ...example.setup,
  example.expression,
  ...(example.template === null ? [] : [example.template]),
  ...example.values,
  ...(example.value === undefined ? [] : [example.value.source]),
];

describe("the reading of examples", () => {
  it("refuses whatever is no call, name, attribute or value of the API", async () => {
    const { examples } = await read([api], refusedOnes);
    const accepted = refusedOnes.filter((_, index) => !("refused" in (examples[index] ?? {})));
    expect(accepted).toEqual([]);
  });

  it("writes anew what it accepts: names of the API are looked up, others are local", async () => {
    const setup = [
      "from foo import Shelf as S",
      "import foo",
      "api = S(2)",
      "a, b = (1, 2)",
      "api.put('x', copies=a)",
    ];
    const { examples } = await read(
      [api],
      [
        value("api.size + LIMIT", "5.5", setup),
        value("foo.join(-1, [2, 'b'])", "None"),
        value("sorted(Shelf.make(1).name.upper())[0:1]", "['A']"),
        { setup: [], expression: "join(1, 2)", expected: { kind: "raises", exception: "foo.ShelfFull" } },
        { setup: [], expression: "join(1, 2)", expected: { kind: "raises", exception: "Exception" } },
      ],
    );
    expect(examples).toEqual([
      {
        setup: ["v_api = api('Shelf')(2)", "v_a, v_b = (1, 2)", "v_api.put('x', copies=v_a)"],
        expression: "v_api.size + api('LIMIT')",
        uses: ["LIMIT", "size"],
        template: null,
        values: [],
        value: { source: "5.5", style: "close", literal: true },
      },
      {
        setup: [],
        expression: "api('join')(-1, [2, 'b'])",
        uses: ["join"],
        template: "api('join')(p1, p2)",
        values: ["-1", "[2, 'b']"],
        value: { source: "None", style: "same", literal: true },
      },
      expect.objectContaining({ expression: "sorted(api('Shelf').make(1).name.upper())[0:1]" }),
      expect.objectContaining({ raises: { source: "api('ShelfFull')", broad: false } }),
      expect.objectContaining({ raises: { source: "Exception", broad: true } }),
    ]);
  });

  it("leaves out of a setup what is said to raise", async () => {
    const setup = [
      "a = Shelf()",
      "a.put('')  # raises ValueError",
      "a.put('# raises')",
      "a.put('x')  # raises nothing now",
    ];
    const { examples } = await read([api], [value("a.size", "1", setup)]);
    expect(examples).toEqual([
      expect.objectContaining({ setup: ["v_a = api('Shelf')()", "v_a.put('# raises')"] }),
    ]);
  });

  it("never hands out a source that holds more than that, whatever the text", async () => {
    const token = constantFrom(
      ..."join Shelf() foo . .put .name .__class__ ( ) [ ] { } , : = == + * ** 1 2.5 'a' \"b\" None lambda x for in if else not and or import os \n ; # \\ f'' await yield := api _x open len".split(
        " ",
      ),
      " ",
    );
    const text = oneof(
      array(token, { maxLength: 8 }).map((tokens) => tokens.join("")),
      array(token, { maxLength: 8 }).map((tokens) => tokens.join(" ")),
      string({ unit: "binary", maxLength: 20 }),
      constantFrom("join(1, 2)", "Shelf().put('a', copies=2)", "foo.join(1, 2)"),
    );
    const asked = sample(
      record({
        setup: array(text, { maxLength: 2 }),
        expression: text,
        expected: text.map((source) => ({ kind: "value" as const, source })),
      }),
      1500,
    );
    const { examples } = await read([api], asked);
    const accepted = examples.filter((one): one is PythonExample => !("refused" in one));
    expect(accepted.length).toBeGreaterThan(10);
    const sources = accepted.flatMap(sourcesOf);
    const bad = (await askPython(check, sources)) as readonly (readonly string[])[];
    expect(sources.filter((_, index) => (bad[index]?.length ?? 0) > 0)).toEqual([]);
  }, 60_000);
});

describe("the reading of API blocks", () => {
  it("knows signatures, values and exceptions, and what is drawn for annotations", async () => {
    const { blocks } = await read([
      `class A(Exception):
    def f(self, a, /, b: "int" = 2, *rest, c: list[str], **more) -> dict[str, int]:
        """Does it.

        Raises:
            ValueError: when b is odd.
            A: when it must.
        """
    async def g(self): ...
    @property
    def p(self): ...
    _hidden = 1
B: int
C = [1, 2]
`,
    ]);
    const [block] = blocks;
    const [a, b, c] = block?.definitions ?? [];
    expect([a?.name, b, c]).toEqual([
      "A",
      { type: "value", name: "B", line: 13, value: null },
      { type: "value", name: "C", line: 14, value: "[1, 2]" },
    ]);
    const f = a?.type === "class" ? a.members[0] : undefined;
    expect(f).toMatchObject({
      raises: [
        { name: "ValueError", builtin: true },
        { name: "A", builtin: false },
      ],
      returns: "dict[str, int]",
      returnType: "dict",
      parameters: [
        { name: "self" },
        { name: "a", kind: "POSITIONAL_ONLY", strategy: null },
        {
          name: "b",
          kind: "POSITIONAL_OR_KEYWORD",
          default: "2",
          strategy: "st.integers()",
          annotation: "int",
        },
        { name: "rest", kind: "VAR_POSITIONAL" },
        { name: "c", kind: "KEYWORD_ONLY", strategy: "st.lists(st.text())" },
        { name: "more", kind: "VAR_KEYWORD" },
      ],
    });
  });

  it("says of a block that is no Python where it is not, and goes on", async () => {
    const { blocks, nothing } = await read(["def (", "x = 1", "\0", `${"(".repeat(3000)}`]);
    expect(blocks.map(({ error }) => error === null)).toEqual([false, true, false, false]);
    expect(nothing).toEqual([{ name: "x", source: "x = 1" }]);
  });

  it("makes an implementation of nothing that runs no text of the block when it is defined", async () => {
    const { nothing } = await read([
      `import os
os.system("x")
@os.system("x")
def f(a=os.system("x"), *, b: os.system("x") = 1) -> "os.system('x')":
    os.system("x")
class C(os.system("x"), metaclass=os.system("x")):
    os.system("x")
    y = os.system("x")
    z: os.system("x") = os.system("x")
    @os.system("x")
    def g(self, a=[os.system("x")]):
        return os.system("x")
    class D(os.system("x")):
        w = os.system("x")
V = os.system("x")
`,
    ]);
    const all = nothing.map(({ source }) => source).join("\n");
    expect(nothing.map(({ name }) => name)).toEqual(["f", "C"]);
    expect(all).not.toContain("os");
    expect(all).not.toContain("'x'");
  });
});
