import type { SpecExample } from "@towpath/core";
import { describe, expect, it } from "vitest";
import { parseSpec } from "../parse-spec.ts";
import { expectedOf } from "./expected.ts";
import { isPythonLiteral, plainString } from "./python-literal.ts";
import { pythonLines } from "./python-lines.ts";

function examples(code: string, before = "## Usage\n\n"): readonly SpecExample[] {
  return parseSpec(`${before}\`\`\`python\n${code}\n\`\`\`\n`, "foo.md", 60_000).examples;
}

/** `line expression = value` or `line expression ! exception: message`. */
function brief(code: string): readonly string[] {
  return examples(code).map(({ expression, expected, at }) =>
    expected.kind === "value"
      ? `${at.line - 3} ${expression} = ${expected.source}`
      : `${at.line - 3} ${expression} ! ${expected.exception}: ${expected.message ?? ""}`,
  );
}

describe("examples of use", () => {
  it("are calls with their outcome in a comment, however it is announced", () => {
    const code =
      "total = calc.add(5, 3)  # 8\nadd(1, 2)  # -> 3\nadd(1, 1)  # returns 2\nshelf.size  # => 0\nprint(add(2, 2))  # 4";
    expect(brief(code)).toEqual([
      "1 calc.add(5, 3) = 8",
      "2 add(1, 2) = 3",
      "3 add(1, 1) = 2",
      "4 shelf.size = 0",
      "5 add(2, 2) = 4",
    ]);
  });

  it("are calls that fail", () => {
    const code =
      'try:\n    calc.divide(1, 0)\nexcept ValueError as e:\n    print(e)  # "Cannot divide by zero"\n\nwith pytest.raises(KeyError, match="no x"):\n    get("x")\n\nget("y")  # raises KeyError: no y';
    expect(brief(code)).toEqual([
      "2 calc.divide(1, 0) ! ValueError: Cannot divide by zero",
      '7 get("x") ! KeyError: no x',
      '9 get("y") ! KeyError: no y',
    ]);
  });

  it("build on the lines above them, as written", () => {
    const [, second, failing] = examples(
      "from calc import Calculator\n\ncalc = Calculator(\n    precise=True,\n)\nprint(calc)\ncalc.add(1, 2)  # 3\ncalc.total()  # 3\ntry:\n    bad = 0\n    calc.divide(1, bad)\nexcept ZeroDivisionError:\n    pass",
    );
    const lines = [
      "from calc import Calculator",
      "calc = Calculator(",
      "    precise=True,",
      ")",
      "calc.add(1, 2)  # 3",
    ];
    expect(second?.setup).toEqual(lines);
    expect(failing?.setup).toEqual([...lines, "calc.total()  # 3", "bad = 0"]);
  });

  it.each([
    ["words", "shelf.titles()  # the titles, in order"],
    ["no call", "timeout = 30  # 30"],
    ["the inside of a function", "def f():\n    return add(1, 2)  # 3"],
    ["the inside of a loop", "for x in xs:\n    add(x, 1)  # 3"],
    ["what must be awaited", "await shelf.load()  # True"],
    ["a printed text", 'print(name())  # "a"'],
    ["an import", "from a import b  # 3"],
    ["a comparison of words", "assert name() == other"],
    ["a comment in a string", 'put("#  3")'],
  ])("are not %s", (_, code) => {
    expect(examples(code)).toEqual([]);
  });

  it("are not what stands below Testing, or in another language", () => {
    expect(examples("add(1, 2)  # 3", "## Testing\n\n")).toEqual([]);
    expect(parseSpec("## Usage\n\n```js\nadd(1, 2)  # 3\n```\n", "foo.md").examples).toEqual([]);
  });

  it("show the requirement they stand in, that a comment names, or that speaks of what they call", () => {
    const text =
      "## Requirements\n\n- **FR-1**: `add` gives the sum\n- **FR-2**: `Calc.divide` divides\n\n### FR-3: Names\n\n```python\nname()  # 'a'\n```\n\n## Usage\n\n```python\nx = calc.add(1, 2)  # 3\n# FR-2\ncalc.half(4)  # 2\nother()  # 1\n```\n";
    expect(parseSpec(text, "foo.md").examples.map(({ requirements }) => requirements)).toEqual([
      ["FR-3"],
      ["FR-1"],
      ["FR-2"],
      ["FR-2"],
    ]);
  });

  it("are read from sessions, with the traceback's last line", () => {
    const text =
      "```\n>>> from a import f\n>>> f(1,\n...   2)\n'x'\n\n>>> f()\nTraceback (most recent call last):\n  File \"<stdin>\", line 1\na.Wrong: no\n>>> f\n<function f at 0x1>\n```\n";
    expect(parseSpec(text, "foo.md").examples).toMatchObject([
      {
        setup: ["from a import f"],
        expression: "f(1,\n  2)",
        expected: { kind: "value", source: "'x'" },
        at: { line: 3 },
      },
      { expression: "f()", expected: { kind: "raises", exception: "Wrong", message: "no" }, at: { line: 7 } },
    ]);
  });

  it("are rows of tables only where they are calls", () => {
    const text =
      "| Call | Returns |\n|---|---|\n| `f(1)` | `2` |\n| `f()` | raises `TypeError` |\n| f(3) | 4 |\n| `f` | 5 |\n\n| A | B |\n|---|---|\n| `f(1)` | 2 |\n";
    expect(parseSpec(text, "foo.md").examples).toMatchObject([
      { expression: "f(1)", expected: { kind: "value", source: "2" }, at: { line: 3 } },
      { expression: "f()", expected: { kind: "raises", exception: "TypeError" }, at: { line: 4 } },
    ]);
  });
});

describe("isPythonLiteral", () => {
  it.each([
    "8",
    "-1.5e3",
    "0x_ff",
    "'a' \"b\"",
    "r'\\d'",
    "True",
    "[1, [2, None,],]",
    "{'a': 1, 'b': (2, 3)}",
    "()",
    'Decimal("0.1")',
    "Answer(allowed=True, left=[1])",
    "State.OPEN",
  ])("takes %s", (text) => {
    expect(isPythonLiteral(text)).toBe(true);
  });

  it.each([
    "",
    "eight",
    "8 apples",
    "[1, 2",
    "{'a': }",
    "f(1)",
    "1 + 2",
    "'a",
    "True story",
    "__import__('os')",
    "a.b",
    "12abc",
  ])("refuses %j", (text) => {
    expect(isPythonLiteral(text)).toBe(false);
  });

  it("refuses what is nested or long without end", () => {
    expect(isPythonLiteral("[".repeat(900))).toBe(false);
    expect(isPythonLiteral("1".repeat(2_000))).toBe(false);
  });
});

describe("plainString", () => {
  it.each([
    ["'a'", "a"],
    ['"it\\"s"', 'it"s'],
    ["'a' 'b'", undefined],
    ["r'a'", undefined],
    ["'\\x41'", undefined],
    ["a", undefined],
  ])("reads %s as %j", (text, value) => {
    expect(plainString(text)).toBe(value);
  });
});

describe("expectedOf", () => {
  it("says nothing of words", () => {
    expect(["", "see below", "is it?", "raises concerns", "Returns the sum"].map(expectedOf)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe("pythonLines", () => {
  it("joins what brackets and quotes hold together", () => {
    const lines = pythonLines("a = f(\n  1,  # one\n)  # 2\n\nb = '''x\n# no\n'''\nc = '#'");
    expect(lines.map(({ index, lines: own, comment }) => [index, own.length, comment])).toEqual([
      [0, 3, "2"],
      [4, 3, undefined],
      [7, 1, undefined],
    ]);
  });
});
