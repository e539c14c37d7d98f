import { readFileSync } from "node:fs";
import { isBreakage } from "@towpath/core";
import { assert, integer, nat, property, record, string } from "fast-check";
import { describe, expect, it } from "vitest";
import { parseComplexity, parseRaw, type RadonFile } from "./radon-report.ts";

const fixture = (name: string): string =>
  readFileSync(new URL(`../fixtures/radon-6.0.1/${name}.json`, import.meta.url), "utf8");

function attempt<T>(read: () => T): T | string {
  try {
    return read();
  } catch (error) {
    if (isBreakage(error)) return error.kind;
    throw error;
  }
}

const functionsOf = (file: RadonFile | undefined) => (file && "functions" in file ? file.functions : []);

describe("parseComplexity", () => {
  it("counts each function once: methods, closures and methods of inner classes too", () => {
    const functions = functionsOf(parseComplexity(fixture("cc")).get("./src/cx/shapes.py"));
    expect(functions.map(({ name, complexity, line }) => [name, complexity, line])).toEqual([
      ["route", 12, 12],
      ["Outer.method", 2, 8],
      ["decorated.inner", 2, 32],
      ["Outer.Inner.deep", 1, 3],
      ["deep.closure", 1, 4],
      ["decorated", 1, 31],
    ]);
  });

  it("keeps the reason why a file was not parsed", () => {
    const report = parseComplexity(fixture("cc"));
    expect(report.get("./src/cx/newer.py")).toEqual({ error: "invalid syntax (<unknown>, line 1)" });
    expect(report.get("./src/cx/latin.py")).toHaveProperty("error", expect.stringContaining("utf-8"));
  });

  it("has nothing of files without functions and of files that do not exist", () => {
    expect(parseComplexity(fixture("nothing")).size).toBe(0);
    expect(parseComplexity(fixture("cc")).has("./src/cx/constants.py")).toBe(false);
  });

  it.each([
    ["nothing", ""],
    ["a list", "[]"],
    ["a file that is neither a list nor an error", '{"a.py": {}}'],
    ["a function without a figure", fixture("cc").replace('"complexity": 12, ', "")],
    ["an unknown type", fixture("cc").replace('"type": "function"', '"type": "lambda"')],
    ["half a report", fixture("cc").slice(0, 700)],
  ])("refuses %s", (_, text) => {
    expect(attempt(() => parseComplexity(text))).toBe("parse");
  });

  it("calls a figure that contradicts its rank a mismatch", () => {
    const text = fixture("cc").replace('"complexity": 12', '"complexity": 2');
    expect(attempt(() => parseComplexity(text))).toBe("mismatch");
  });

  it("never makes a function simpler than the default limit, however its text is damaged", () => {
    const text = fixture("cc");
    // Within the object of the one function over the limit.
    const end = text.indexOf("}");
    const damage = record({ at: integer({ min: 24, max: end }), cut: nat(3), put: string({ maxLength: 2 }) });
    assert(
      property(damage, ({ at, cut, put }) => {
        const read = attempt(() => parseComplexity(text.slice(0, at) + put + text.slice(at + cut)));
        const shapes = typeof read === "string" ? undefined : read.get("./src/cx/shapes.py");
        const figures =
          shapes !== undefined && "functions" in shapes ? shapes.functions : [{ complexity: 12 }];
        expect(Math.max(...figures.map(({ complexity }) => complexity))).toBeGreaterThan(10);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("parseRaw", () => {
  it("lists the files that radon read", () => {
    const read = parseRaw(fixture("raw"));
    expect(read.get("./src/cx/constants.py")).toBeUndefined();
    expect([...read.keys()]).toEqual(["./src/cx/constants.py", "./src/cx/__init__.py", "./src/cx/latin.py"]);
    expect(read.get("./src/cx/latin.py")).toContain("utf-8");
  });

  it("refuses what is no such list", () => {
    expect(attempt(() => parseRaw('{"a.py": {"loc": "many"}}'))).toBe("parse");
  });
});
