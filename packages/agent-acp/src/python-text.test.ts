import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { pythonEnv } from "@towpath/testkit";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lineAt, readPython } from "./python-text.ts";

const commentsOf = (source: string): string[] => readPython(source).comments.map(({ text }) => text);

describe("comments", () => {
  it.each([
    ["after code", "x = 1  # one", ["# one"]],
    ["in a string", "x = '# no'", []],
    ["after an escaped quote", String.raw`x = '\'# no' # yes`, ["# yes"]],
    ["after an escaped quote of a raw string", String.raw`x = r'\'# no' # yes`, ["# yes"]],
    ["in a text of several lines", 'x = """\n# no\n""" # yes', ["# yes"]],
    ["after a text with quotes in it", `x = """a"b''c""" # yes`, ["# yes"]],
    ["behind a string that is not closed", "x = 'open\n# yes", ["# yes"]],
    ["behind a string that goes on over a line", "x = 'a\\\n# no' # yes", ["# yes"]],
    ["behind one that goes on over a line of Windows", "x = 'a\\\r\n# no' # yes", ["# yes"]],
    ["in a formatted string", "x = f'{a} # no' # yes", ["# yes"]],
    ["in a string within a formatted string", `x = f'{a["# no"]}' # yes`, ["# yes"]],
    ["in the same quotes within a formatted string", `x = f"{a["# no"]}" # yes`, ["# yes"]],
    ["in a field of several lines", 'x = f"""{\na  # yes\n}# no"""', ["# yes"]],
    ["behind doubled braces", "x = f'{{# no}}' # yes", ["# yes"]],
    ["in a format", "x = f'{a:# <5}' # yes", ["# yes"]],
    ["in a field of a format", `x = f"{a:{b["# no"]}}" # yes`, ["# yes"]],
    ["behind a comparison and a conversion", "x = f'{a != b!r:>3}# no' # yes", ["# yes"]],
    ["behind a slice", "x = f'{a[1:2]}# no' # yes", ["# yes"]],
    ["behind a named character", String.raw`x = f'\N{NUMBER SIGN}# no' # yes`, ["# yes"]],
    ["behind a backslash and a brace", String.raw`x = rf'\{a}# no' # yes`, ["# yes"]],
    ["in a template string", "x = t'{a}# no' # yes", ["# yes"]],
    ["behind bytes", "x = Rb'# no' # yes", ["# yes"]],
  ])("%s", (_, source, comments) => {
    expect(commentsOf(source)).toEqual(comments);
  });

  it("have the lines of every kind of line end", () => {
    const { comments } = readPython("# a\r\n# b\r# c\n\n# d");
    expect(comments.map(({ line }) => line)).toEqual([1, 2, 3, 5]);
  });

  it("are those that Python's own tokenizer finds, in files of its library", async () => {
    const { python } = await pythonEnv();
    const program = `
import glob, json, os, sys, sysconfig, tokenize
folder = sysconfig.get_paths()["stdlib"]
names = sorted(glob.glob(folder + "/*.py") + glob.glob(folder + "/test/test_f*.py") + glob.glob(folder + "/asyncio/*.py"))
found = {}
for name in names:
    try:
        with tokenize.open(name) as file:
            if (file.encoding or "").lower() not in ("utf-8", "utf-8-sig"): continue
            tokens = list(tokenize.generate_tokens(file.readline))
    except (SyntaxError, tokenize.TokenError): continue
    found[name] = [[t.start[0], t.string] for t in tokens if t.type == tokenize.COMMENT]
json.dump(found, sys.stdout)`;
    const printed = execFileSync(python, ["-I", "-c", program], { maxBuffer: 1 << 28 });
    const found = JSON.parse(printed.toString()) as Record<string, [number, string][]>;
    expect(Object.keys(found).length).toBeGreaterThan(100);
    for (const [name, comments] of Object.entries(found)) {
      const read = readPython(readFileSync(name, "utf8").replace(/^\ufeff/, ""));
      expect([name, read.comments.map(({ line, text }) => [line, text.trimEnd()])]).toEqual([
        name,
        comments.map(([line, text]) => [line, text.trimEnd()]),
      ]);
    }
  });
});

it("code keeps its place and its lines, and nothing of strings or comments", () => {
  const source = "a = 'text'  # words\nb = f'{c}text'\n";
  const { code } = readPython(source);
  expect(code).toBe("a = '    '         \nb = f'{c}    '\n");
});

it("any text is read to its end, and its code is as long as it is", () => {
  const pieces = fc.constantFrom(
    "'",
    '"',
    '"""',
    "{",
    "}",
    "f'",
    'rb"',
    "\\",
    "#",
    "\n",
    "\r\n",
    ":",
    "x",
    " ",
    "é",
    "\u{1f600}",
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 60 }), (parts) => {
      const source = parts.join("");
      const { code, comments } = readPython(source);
      expect(code.length).toBe(source.length);
      expect(code.replaceAll(/[^\r\n]/g, "")).toBe(source.replaceAll(/[^\r\n]/g, ""));
      for (const { line } of comments) expect(line).toBeLessThanOrEqual(lineAt(source, source.length));
    }),
  );
});

it("formatted strings without bottom are refused", () => {
  expect(() => readPython("f'{f\"{".repeat(200))).toThrow(RangeError);
});
