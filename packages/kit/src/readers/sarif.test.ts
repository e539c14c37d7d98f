import { describe, expect, it } from "vitest";
import { readSarif } from "./sarif.ts";

interface RunParts {
  [key: string]: unknown;
}

function log(run: RunParts): string {
  const tool = {
    driver: {
      name: "tool",
      version: "1.2.3",
      rules: [{ id: "R1", helpUri: "https://x/R1", defaultConfiguration: { level: "error" } }],
    },
  };
  return JSON.stringify({ version: "2.1.0", runs: [{ tool, results: [], ...run }] });
}

function at(region: object, artifactLocation: object = { uri: "src/a.py" }): object {
  return {
    ruleId: "R1",
    message: { text: "m" },
    locations: [{ physicalLocation: { artifactLocation, region } }],
  };
}

function first(run: RunParts, lineOf?: (file: string, line: number) => string | undefined): unknown {
  return readSarif(log(run), { ...(lineOf && { lineOf }) })[0]?.results[0];
}

describe("readSarif", () => {
  it("reads a result with its rule, level, place and text", () => {
    const [run] = readSarif(log({ results: [at({ startLine: 3, startColumn: 5, endColumn: 9 })] }));
    expect(run).toEqual({
      tool: { name: "tool", version: "1.2.3" },
      succeeded: undefined,
      errors: [],
      results: [
        {
          rule: "R1",
          ruleUrl: "https://x/R1",
          level: "error",
          message: "m",
          file: "src/a.py",
          range: { startLine: 3, startColumn: 5, endLine: 3, endColumn: 9 },
          suppressed: false,
        },
      ],
    });
  });

  it("a level is the result's, else the rule's, else `warning`; what is no problem has none", () => {
    const level = (result: object): unknown => first({ results: [{ message: { text: "m" }, ...result }] });
    expect(level({ ruleId: "R1", level: "note" })).toMatchObject({ level: "note" });
    expect(level({ ruleIndex: 0 })).toMatchObject({ level: "error", rule: "R1" });
    expect(level({ rule: { index: 0 } })).toMatchObject({ level: "error", rule: "R1" });
    expect(level({ ruleId: "other" })).toMatchObject({ level: "warning", rule: "other" });
    expect(level({ kind: "pass", level: "error" })).toMatchObject({ level: "none" });
  });

  it("a region without an end goes to the end of its line, one without a line is none", () => {
    expect(first({ results: [at({ startLine: 3 })] })).toMatchObject({
      range: { startLine: 3, startColumn: 1, endLine: 4, endColumn: 1 },
    });
    expect(
      first({ results: [at({ startLine: 3, startColumn: 2, endLine: 5, endColumn: 4 })] }),
    ).toMatchObject({
      range: { startLine: 3, startColumn: 2, endLine: 5, endColumn: 4 },
    });
    expect(first({ results: [at({})] })).not.toHaveProperty("range");
    expect(first({ results: [{ message: { text: "m" } }] })).not.toHaveProperty("file");
  });

  it("columns in UTF-16 units become columns in code points; the default is code points", () => {
    const results = [at({ startLine: 1, startColumn: 3, endColumn: 5 })];
    const lineOf = (file: string, line: number): string =>
      `${{ "src/a.py": "😀😀x" }[file] ?? ""}${line === 1 ? "" : "!"}`;
    expect(first({ results, columnKind: "utf16CodeUnits" }, lineOf)).toMatchObject({
      range: { startColumn: 2, endColumn: 3 },
    });
    expect(first({ results, columnKind: "unicodeCodePoints" }, lineOf)).toMatchObject({
      range: { startColumn: 3 },
    });
    expect(first({ results }, lineOf)).toMatchObject({ range: { startColumn: 3 } });
  });

  it.each([
    ["escapes", { uri: "src/a%20b.py" }, "src/a b.py"],
    ["a file URI", { uri: "file:///repo/src/a%20b.py" }, "/repo/src/a b.py"],
    ["a base", { uri: "src/a.py", uriBaseId: "ROOT" }, "/repo/src/a.py"],
    ["an unknown base", { uri: "src/a.py", uriBaseId: "NONE" }, "src/a.py"],
    ["an index", { index: 0 }, "listed.py"],
    ["a web address", { uri: "https://x/a.py" }, undefined],
    ["a broken escape", { uri: "src/%zz.py" }, undefined],
    ["a host", { uri: "file://host/a.py" }, undefined],
  ])("finds the file by %s", (_, location, file) => {
    const originalUriBaseIds = { ROOT: { uri: "file:///repo/" } };
    const artifacts = [{ location: { uri: "listed.py" } }];
    const result = first({ originalUriBaseIds, artifacts, results: [at({ startLine: 1 }, location)] });
    expect(result).toHaveProperty("rule", "R1");
    expect((result as { file?: string }).file).toBe(file);
  });

  it("says what the producer accepted, and what the tool says of itself", () => {
    const suppressed = (suppressions: object[]): unknown =>
      first({ results: [{ message: { text: "m" }, suppressions }] });
    expect(suppressed([{ kind: "inSource" }])).toMatchObject({ suppressed: true });
    expect(suppressed([{ kind: "external", status: "underReview" }])).toMatchObject({ suppressed: false });
    expect(suppressed([])).toMatchObject({ suppressed: false });
    const notifications = [
      { level: "error", message: { text: "crashed" } },
      { level: "note", message: { text: "hint" } },
    ];
    const [run] = readSarif(
      log({
        invocations: [
          { executionSuccessful: true },
          { executionSuccessful: false, toolExecutionNotifications: notifications },
        ],
      }),
    );
    expect(run).toMatchObject({ succeeded: false, errors: ["crashed"] });
  });

  it.each([
    ["a run without results", log({ results: undefined })],
    ["results that are null", log({ results: null })],
    ["no run", JSON.stringify({ version: "2.1.0", runs: [] })],
    ["another version", JSON.stringify({ version: "2.0.0", runs: [{}] })],
    ["an unknown level", log({ results: [{ message: { text: "m" }, level: "fatal" }] })],
    ["line 0", log({ results: [at({ startLine: 0 })] })],
    ["a cut document", log({}).slice(0, -3)],
    ["a doubled key", log({}).replace('"results":[]', '"results":[{"message":{}}],"results":[]')],
  ])("R17: %s is refused", (_, text) => {
    expect(() => readSarif(text)).toThrow(expect.objectContaining({ kind: "parse" }));
  });
});
