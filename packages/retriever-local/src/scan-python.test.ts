import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { pythonEnv } from "@towpath/testkit";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FoundSymbol } from "./scan.ts";
import { scanPython } from "./scan-python.ts";

function scanned(text: string): readonly FoundSymbol[] {
  return scanPython(Buffer.from(text));
}

/** `kind line name`, without the module. */
function outline(text: string): readonly string[] {
  return scanned(text)
    .slice(1)
    .map(({ kind, line, name }) => `${kind} ${line} ${name}`);
}

describe("scanPython", () => {
  it("finds definitions with their places in each other", () => {
    const text = `import os

LIMIT: int = 3
_lower = 1

class Shelf[T: str](Base):
    """Keeps books."""

    WIDTH = 5

    @property
    def size(self): return 1

    async def put(self):
        def inner():
            LOCAL = 1
            class Odd: ...
        return inner

if os.name == "nt":
    def only_there(): pass
\tpass

async \tdef after(): ...
`;
    expect(outline(text)).toEqual([
      "constant 3 LIMIT",
      "class 6 Shelf",
      "constant 9 Shelf.WIDTH",
      "method 12 Shelf.size",
      "method 14 Shelf.put",
      "function 15 Shelf.put.inner",
      "class 17 Shelf.put.inner.Odd",
      "function 21 only_there",
      "function 24 after",
    ]);
  });

  it("takes nothing in strings, comments and open brackets for a definition", () => {
    const text = `X = """
def no(): ...
class No: \\""" still inside
"""
y = 'it''s """ no start' # def no(): '''
z = r'''\\\\'''
def yes(a="):", b=(lambda: 0), # c: (
        *, c: dict[str, "list[int]"] = {1: 2}): pass
w = call(
  1,
N = 2)
'''
def no(): ...
'''
def last(): ...
`;
    expect(outline(text)).toEqual(["constant 1 X", "function 7 yes", "function 15 last"]);
  });

  it("stays in a class whose body has a line that begins further left inside brackets", () => {
    expect(outline("class A:\n    x = [\n1,\n]\n    def f(self): ...\n")).toEqual([
      "class 1 A",
      "method 5 A.f",
    ]);
  });

  it.each([
    ["def f(a, b=1): ...", "def f(a, b=1)"],
    [
      "def f(\n    a,  # first: (\n    b: int = 1,\n) -> list[int]:\n    ...",
      "def f(a, b: int = 1) -> list[int]",
    ],
    ["class A[T: (str, int)](B, metaclass=M): ...", "class A[T: (str, int)](B, metaclass=M)"],
    ["def f(a=':', b={1: 2}) -> 'x:y': ...", "def f(a=':', b={1: 2}) -> 'x:y'"],
    ["LIMIT = 1_000  # most", "LIMIT = 1_000  # most"],
  ])("writes the signature of %j on one line", (text, signature) => {
    expect(scanned(`${text}\n`)[1]?.signature).toBe(signature);
  });

  it.each(["hunter2", "'hunter2'", "os.environ['hunter2']", "1 + hunter2", "f'{hunter2}'"])(
    "does not repeat the value %s of a constant, which may be secret",
    (value) => {
      expect(scanned(`API_KEY: str = ${value}\n`)[1]?.signature).toBe("API_KEY: str = …");
    },
  );

  it.each([
    ['def f():\n    """Puts\n    it.\n\n    Args: no.\n    """\n', "Puts\n    it."],
    ["def f():\n    # first\n\n    r'''A \\'' b'''\n", "A \\'' b"],
    ['def f(): "short"; x = 1\n', "short"],
    ['def f():\n    b"""no"""\n', ""],
    ['def f():\n    f"""no"""\n', ""],
    ['def f(): pass\n"""no"""\n', ""],
    ['def f():\n    x = 1\n    """no"""\n', ""],
  ])("reads the docstring of %j", (text, doc) => {
    expect(scanned(text)[1]?.doc).toBe(doc);
  });

  it("reads the docstring of a module, also behind a byte order mark and comments", () => {
    expect(scanned('\ufeff#!/usr/bin/env python\n# x\n"""Books.\n\nMore."""\n')[0]).toEqual({
      kind: "module",
      line: 1,
      name: "",
      signature: "",
      doc: "Books.",
    });
  });

  it("keeps names and texts of other scripts", () => {
    expect(scanned('class Größe:\n    def naïve(self, ß="é"): "Zählt 本"\n').slice(1)).toEqual([
      { kind: "class", line: 1, name: "Größe", signature: "class Größe", doc: "" },
      { kind: "method", line: 2, name: "Größe.naïve", signature: 'def naïve(self, ß="é")', doc: "Zählt 本" },
    ]);
  });

  it("finds every definition of a program, whatever stands between", () => {
    const filler = fc.constantFrom(
      "x = 1",
      "# def no(): ...",
      '"""\ndef no():\n"""',
      "f(\n1,\n)",
      "",
      "if x:\n    pass",
      "y = ':'",
    );
    interface Node {
      readonly isClass: boolean;
      readonly before: string;
      readonly inside: readonly Node[];
    }
    const { node } = fc.letrec<{ node: Node }>((tie) => ({
      node: fc.record({
        isClass: fc.boolean(),
        before: filler,
        inside: fc.oneof({ depthSize: "small" }, fc.constant([]), fc.array(tie("node"), { maxLength: 3 })),
      }),
    }));
    fc.assert(
      fc.property(fc.array(node, { maxLength: 4 }), fc.constantFrom("    ", "\t", "  "), (nodes, step) => {
        const lines: string[] = [];
        const expected: string[] = [];
        const write = (
          { isClass, before, inside }: Node,
          indent: string,
          prefix: string,
          inClass: boolean,
        ): void => {
          lines.push(...before.split("\n").map((line) => (line === "" ? "" : indent + line)));
          const name = `${prefix}n${lines.length}`;
          lines.push(`${indent}${isClass ? "class" : "def"} n${lines.length}${isClass ? "" : "(a, b=':')"}:`);
          expected.push(`${isClass ? "class" : inClass ? "method" : "function"} ${lines.length} ${name}`);
          for (const one of inside) write(one, indent + step, `${name}.`, isClass);
          lines.push(`${indent}${step}pass`);
        };
        for (const one of nodes) write(one, "", "", false);
        expect(outline(`${lines.join("\n")}\n`)).toEqual(expected);
      }),
    );
  });

  it("gives an answer for whatever bytes there are", () => {
    const pieces = fc.constantFrom(
      "def ",
      "class ",
      "async ",
      '"""',
      "'''",
      '"',
      "(",
      ")",
      ":",
      "\\",
      "\n",
      "\t",
      "#",
      "f",
      "A=",
      "é",
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(pieces).map((parts) => Buffer.from(parts.join(""))),
          fc.uint8Array().map((bytes) => Buffer.from(bytes)),
        ),
        (bytes) => {
          const found = scanPython(bytes);
          const lines = bytes.toString("latin1").split("\n").length;
          expect(found[0]?.kind).toBe("module");
          expect(found.every(({ line }) => line >= 1 && line <= lines)).toBe(true);
        },
      ),
    );
  });

  it.each([
    ["signatures that never end", "def f(\n"],
    ["strings that never end", 'def f(): """\\"""\n'],
    ["quotes behind backslashes", '"""\\'],
    ["comments behind colons", "def f():\n#\n\n"],
    ["one line of strings and brackets", "x = [1, 'a', (2)]; "],
    ["one line of definitions", "def f(): "],
    ["constants without a value", "A: "],
    ["blanks", "      "],
  ])("comes to an end with a megabyte of %s", (_, piece) => {
    // With time in proportion to the square of the length, it would not within the limit of a test.
    expect(scanned(piece.repeat(1_048_576 / piece.length)).length).toBeGreaterThan(0);
  });

  it("comes to an end with classes in classes, a thousand deep, whose names it does not all repeat", () => {
    const text = Array.from({ length: 1_000 }, (_unused, depth) => `${" ".repeat(depth)}class A:\n`).join("");
    const longest = Math.max(...scanned(text).map(({ name }) => name.length));
    expect(longest).toBeLessThan(100);
  });

  it("finds what Python's own parser finds in the standard library", async () => {
    const { python } = await pythonEnv();
    const answer = execFileSync(python, ["-I", "-W", "ignore", "-c", parser], {
      maxBuffer: 256 * 1024 * 1024,
      encoding: "utf8",
    });
    const truth = JSON.parse(answer) as Readonly<Record<string, readonly string[]>>;
    const counts = { definitions: 0, wrong: 0 };
    for (const [file, expected] of Object.entries(truth)) {
      const found = scanPython(readFileSync(file))
        .slice(1)
        .filter(({ kind }) => kind !== "constant")
        .map(({ kind, line, name, doc }) => `${kind} ${line} ${name} ${doc !== ""}`);
      const known = new Set(expected);
      counts.definitions += expected.length;
      counts.wrong += expected.filter((one) => !found.includes(one)).length;
      counts.wrong += found.filter((one) => !known.has(one)).length;
    }
    expect(counts.definitions).toBeGreaterThan(3_000);
    expect(counts.wrong / counts.definitions).toBeLessThan(0.002);
  });
});

/** Definitions of some packages of the standard library, as Python sees them. */
const parser = `
import ast, glob, json, os, sysconfig
out = {}
root = sysconfig.get_paths()["stdlib"]
for part in ("asyncio", "json", "email", "unittest", "http", "logging", "concurrent", "importlib", "xml", "."):
    for file in glob.glob(os.path.join(root, part, "*.py")):
        with open(file, "rb") as source:
            tree = ast.parse(source.read())
        rows = []
        def walk(node, prefix, in_class):
            for one in ast.iter_child_nodes(node):
                if isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                    is_class = isinstance(one, ast.ClassDef)
                    kind = "class" if is_class else "method" if in_class else "function"
                    doc = "true" if (ast.get_docstring(one) or "").strip() else "false"
                    rows.append(f"{kind} {one.lineno} {prefix}{one.name} {doc}")
                    walk(one, prefix + one.name + ".", is_class)
                else:
                    walk(one, prefix, in_class)
        walk(tree, "", False)
        out[file] = rows
print(json.dumps(out))
`;
