import { beforeAll, describe, expect, it } from "vitest";
import { parsePython } from "../../test/parse-python.ts";
import { compareExtraction } from "./api-findings.ts";
import type { PythonText } from "./definitions.ts";

/** Title, API block, source, and what each finding must say. */
type Case = readonly [title: string, api: string, source: string, ...findings: readonly RegExp[]];

const cases: readonly Case[] = [
  ["equal functions", "def f(a, b=1, *c, d, e=2, **g): ...", "def f(a, b=2, *x, e=3, d, **y): return 1"],
  ["other code beside it", "def f(): ...", "import os\nx = 1\ndef g(): pass\ndef f(): pass"],
  ["a missing function", "def f(): ...", "def g(): ...", /^error the source defines no function `f`$/],
  ["a missing class", "class F: ...", "f = 1", /^error the source defines no class `F`$/],
  [
    "a missing method",
    "class F:\n  def a(self): ...",
    "class F: ...",
    /^error the class in the code has no function `F\.a`/,
  ],
  [
    "a missing parameter",
    "def f(a, b): ...",
    "def f(a): ...",
    /^error `f` differs: parameter `b` is missing \(/,
  ],
  ["a further parameter", "def f(a): ...", "def f(a, b=1): ...", /parameter `b` is not in the specification/],
  ["another order", "def f(a, b): ...", "def f(b, a): ...", /another order: b, a/],
  [
    "another kind",
    "def f(a, b): ...",
    "def f(a, *, b): ...",
    /`b` is keyword-only in the code, not positional/,
  ],
  ["a positional-only parameter", "def f(a): ...", "def f(a, /): ...", /`a` is positional-only in the code/],
  ["a lost default", "def f(a=1): ...", "def f(a): ...", /`a` has no default in the code/],
  ["a new default", "def f(a): ...", "def f(a=1): ...", /`a` has a default in the code/],
  ["a lost *args", "def f(*a): ...", "def f(): ...", /parameter `a` is missing/],
  ["async for plain", "def f(): ...", "async def f(): ...", /it is async in the code/],
  ["plain for async", "async def f(): ...", "def f(): ...", /it is not async in the code/],
  [
    "a static method",
    "class F:\n  def a(x): ...",
    "class F:\n  @staticmethod\n  def a(x): ...",
    /it is a static method in the code/,
  ],
  [
    "equal properties",
    "class F:\n  @property\n  def a(self): ...",
    "class F:\n  @property\n  def a(self): ...\n  @a.setter\n  def a(self, v): ...",
  ],
  [
    "a function for a class",
    "class F: ...",
    "def F(): ...",
    /^error `F` is a function in the code, not a class/,
  ],
  [
    "a class for a function",
    "def F(): ...",
    "class F: ...",
    /^error `F` is a class in the code, not a function/,
  ],
  [
    "several differences in one finding",
    "def f(a, b=1): ...",
    "async def f(a=1, b=1): ...",
    /async in the code; parameter `a` has a default/,
  ],
  [
    "other annotations",
    "def f(a: int) -> str: ...",
    "def f(a: str) -> int: ...",
    /^warning `f` differs: parameter `a` is `str` in the code, not `int`; it returns `int`, not `str`/,
  ],
  ["annotations on one side", "def f(a: int) -> str: ...", "def f(a): ..."],
  [
    "equal annotations in other words",
    "def f(a: Optional[int], b: Union[str, List[int]], c: 'F') -> typing.Dict[str, int]: ...",
    "def f(a: None | int, b: list[int] | str, c: m.F) -> dict[str, int]: ...",
  ],
  ["equal literals", "def f(a: Literal['x y']): ...", "def f(a: typing.Literal['x y']): ..."],
  [
    "errors and annotations apart",
    "def f(a: int, b): ...",
    "def f(a: str): ...",
    /^error .*`b` is missing/,
    /^warning .*`a` is `str`/,
  ],
  ["an inherited method", "class F:\n  def a(self): ...", "class B:\n  def a(self): ...\nclass F(B): ..."],
  [
    "an overridden method",
    "class F:\n  def a(self): ...",
    "class B:\n  def a(self): ...\nclass F(B):\n  def a(self, x): ...",
    /`F\.a` differs/,
  ],
  [
    "bases in a circle",
    "class F:\n  def a(self): ...",
    "class F(G): ...\nclass G(F): ...",
    /has no function `F\.a`/,
  ],
  [
    "a base from outside",
    "class F:\n  def a(self): ...",
    "from x import B\nclass F(B): ...",
    /^warning `F\.a` may come from `B`/,
  ],
  [
    "a base without methods",
    "class F:\n  def a(self): ...",
    "class F(abc.ABC, Generic[T], metaclass=M): ...",
    /^error the class in the code has no function `F\.a`/,
  ],
  [
    "a generated constructor",
    "class F:\n  def __init__(self, a): ...",
    "@dataclass\nclass F:\n  a: int",
    /^warning `F\.__init__` may be made by a decorator/,
  ],
  ["a name that is a value", "def f(a): ...", "f = partial(g, 1)", /^warning `f` is a value in the code/],
  ["a name from elsewhere", "def f(a): ...", "from lib import f", /^warning `f` is imported from elsewhere/],
  [
    "a renamed import",
    "class F:\n  def a(self): ...",
    "from .impl import _F as F\nclass _F:\n  def a(self): ...",
  ],
  [
    "imports in a circle",
    "def f(): ...",
    "from .a import g as f\nfrom .b import f as g",
    /^warning `f` is imported from elsewhere/,
  ],
  [
    "a definition under a condition",
    "def f(a): ...",
    "try:\n  import x\nexcept ImportError:\n  def f(a): ...\nelse:\n  if x:\n    def f(a, b): ...",
  ],
  [
    "overloads",
    "def f(a): ...",
    "@overload\ndef f(a): ...\n@overload\ndef f(a, b): ...\ndef f(a, b=None): ...",
  ],
  [
    "nested classes",
    "class F:\n  class G:\n    def a(self): ...",
    "class F:\n  class G:\n    def a(self, b): ...",
    /`F\.G\.a` differs/,
  ],
  ["a block that does not parse", "def f(:", "def f(): ...", /^error the API block does not parse/],
  ["a block with a NUL", "x = '\0'", "def f(): ...", /^error the API block does not parse/],
  [
    "a block nested too deeply",
    `x = ${"(".repeat(5_000)}`,
    "def f(): ...",
    /^error the API block does not parse/,
  ],
  ["an empty block", "", "def f(): ..."],
  ["fields and constants", "X = 1\nclass F:\n  a: int", "class F: ..."],
];

describe("the code against the API block", () => {
  let texts: readonly PythonText[];
  beforeAll(async () => {
    ({ blocks: texts } = await parsePython(cases.flatMap(([, api, source]) => [api, source])));
  });

  it.each(cases.map((each, index) => [each[0], each, index] as const))(
    "%s",
    (_, [, api, , ...findings], index) => {
      const [promised, source] = [texts[2 * index], texts[2 * index + 1]];
      if (promised === undefined || source === undefined) throw new Error("no answer");
      const at = { file: "specs/foo.md", line: 10, column: 1, endColumn: 1 };
      const comparison = compareExtraction([{ text: api, at }], ["src/foo/a.py"], {
        blocks: [promised],
        files: [source],
        count: 0,
      });
      const said = comparison.findings.map(({ level, message }) => `${level} ${message}`);
      expect(said).toHaveLength(findings.length);
      for (const [place, pattern] of findings.entries()) expect(said[place]).toMatch(pattern);
    },
  );
});

describe("a name that is defined several times", () => {
  it("is compared with the closest definition", async () => {
    const { blocks } = await parsePython([
      "def f(a, b): ...",
      "def f(): ...",
      "def f(a, c): ...\n",
      "def f(a, b=1): ...",
    ]);
    const [promised, ...files] = blocks;
    const at = { file: "specs/foo.md", line: 10, column: 1, endColumn: 1 };
    const { findings } = compareExtraction([{ text: "def f(a, b): ...", at }], ["a.py", "b.py", "c.py"], {
      blocks: promised === undefined ? [] : [promised],
      files,
      count: 0,
    });
    expect(findings.map(({ message }) => message)).toEqual([
      expect.stringMatching(/`b` has a default in the code \(c\.py:1\)$/),
    ]);
  });
});
