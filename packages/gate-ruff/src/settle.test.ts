import { isBreakage, type ErrorKind } from "@towpath/core";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { recorded } from "../test/recorded.ts";
import type { RuffCommand } from "./log.ts";
import { settle, type RuffExit } from "./settle.ts";

const commandOf = (name: string): RuffCommand => (name.startsWith("check") ? "check" : "format");
const settled = (name: string, version?: string): ReturnType<typeof settle> =>
  settle(commandOf(name), recorded(name, version));

/** The kind of breakage that the work ends in, and its words. */
function breakage(work: () => unknown): { kind: ErrorKind; why: string | undefined } {
  try {
    work();
  } catch (error) {
    if (isBreakage(error)) return { kind: error.kind, why: error.details.why };
    throw error;
  }
  throw new Error("nothing broke");
}

describe("settle on recorded runs", () => {
  it.each(["check-clean", "format-clean", "check-no-config"])(
    "%s has no problem and names both files",
    (name) => {
      const { diagnostics, log } = settled(name);
      expect(diagnostics).toEqual([]);
      expect(log.checked.toSorted()).toEqual(["/repo/src/foo/a.py", "/repo/tests/test_foo.py"]);
    },
  );

  it("tells where a configuration was found, and where none was", () => {
    expect(settled("check-clean").log.config).toBe("/repo/pyproject.toml");
    expect(settled("check-no-config").log.config).toBeUndefined();
  });

  it.each(["0.12.0", "0.16.0", "0.17.6"])(
    "reads the lint report of %s, with columns in code points",
    (version) => {
      const { diagnostics } = settled("check-dirty", version);
      expect(diagnostics.map(({ rule, range }) => [rule, range])).toEqual([
        ["F401", { startLine: 1, startColumn: 8, endLine: 1, endColumn: 10 }],
        ["E702", { startLine: 3, startColumn: 11, endLine: 3, endColumn: 12 }],
        ["F821", { startLine: 3, startColumn: 20, endLine: 3, endColumn: 34 }],
        ["F841", { startLine: 7, startColumn: 5, endLine: 7, endColumn: 6 }],
      ]);
      expect(diagnostics[0]).toMatchObject({
        file: "/repo/src/foo/a.py",
        message: "`os` imported but unused",
        url: "https://docs.astral.sh/ruff/rules/unused-import",
        fix: {
          applicability: "safe",
          edits: [{ range: { startLine: 1, startColumn: 1, endLine: 2, endColumn: 1 }, text: "" }],
        },
      });
      expect(diagnostics[3]?.fix?.applicability).toBe("unsafe");
    },
  );

  it.each(["0.12.0", "0.17.6"])("a syntax error under ruff %s is a problem of the code", (version) => {
    const { diagnostics } = settled("check-syntax-error", version);
    expect(new Set(diagnostics.map(({ rule }) => rule))).toEqual(new Set(["invalid-syntax"]));
  });

  it.each(["0.16.0", "0.17.6"])(
    "a syntax error under ruff format %s is a problem, though it exits with 2",
    (version) => {
      expect(recorded("format-syntax-error", version).code).toBe(2);
      const { diagnostics } = settled("format-syntax-error", version);
      expect(diagnostics.map(({ rule }) => rule)).toEqual(["invalid-syntax", "unformatted"]);
    },
  );

  it("a position in a notebook names its cell", () => {
    expect(settled("check-notebook").diagnostics[0]).toMatchObject({ rule: "F401", cell: 1 });
  });

  it.each(["check-all-excluded", "format-all-excluded", "check-no-files", "format-no-files"])(
    "%s counts no file as checked",
    (name) => {
      expect(settled(name)).toMatchObject({ diagnostics: [], log: { checked: [] } });
    },
  );

  it.each(["check-missing-path-e902-off", "check-not-utf8-e902-off"])(
    "%s names what could not be read",
    (name) => {
      expect(settled(name).log.unreadable).toHaveLength(1);
    },
  );

  it.each<[string, ErrorKind, string]>([
    ["check-unknown-setting", "tool-config", "unknown field `bogus`"],
    ["format-unknown-setting", "tool-config", "unknown field `bogus`"],
    ["check-unknown-rule", "tool-config", "Unknown rule selector `ZZZ9`"],
    ["check-required-version", "tool-config", "Required version `==0.1.0`"],
    ["check-unknown-flag", "tool-version", "unexpected argument '--towpath'"],
  ])("%s is breakage of the kind %s in ruff's own words", (name, kind, words) => {
    const broken = breakage(() => settled(name));
    expect(broken.kind).toBe(kind);
    expect(broken.why).toContain(words);
  });
});

describe("settle on contradictions", () => {
  const clean = recorded("check-clean");
  const dirty = recorded("check-dirty");

  it.each<[string, RuffCommand, RuffExit, ErrorKind]>([
    ["findings with exit 0", "check", { ...dirty, code: 0 }, "mismatch"],
    ["no finding with exit 1", "check", { ...clean, code: 1 }, "mismatch"],
    ["unformatted files with exit 0", "format", { ...recorded("format-dirty"), code: 0 }, "mismatch"],
    ["unformatted files with exit 2", "format", { ...recorded("format-dirty"), code: 2 }, "mismatch"],
    ["a syntax error with exit 1", "format", { ...recorded("format-syntax-error"), code: 1 }, "mismatch"],
    ["a lint report with exit 2", "check", { ...dirty, code: 2 }, "tool-crash"],
    ["an unknown exit code", "check", { ...clean, code: 101 }, "tool-crash"],
    ["a report that is not there", "check", { ...clean, stdout: "" }, "parse"],
    ["a report diverted with exit 1", "check", { ...dirty, stdout: "" }, "parse"],
    ["text that is not JSON", "check", { ...clean, stdout: "All checks passed!" }, "parse"],
    ["a truncated report", "check", { ...dirty, stdout: dirty.stdout.slice(0, -20) }, "parse"],
    ["a doubled report", "check", { ...clean, stdout: "[][]" }, "parse"],
    ["an entry of another shape", "check", { ...dirty, stdout: '[{"rule": "F401"}]' }, "parse"],
    ["a log that is not there", "check", { ...clean, stderr: "" }, "parse"],
    [
      "a log that was cut",
      "check",
      { ...clean, stderr: clean.stderr.replace(/.*Checking: .*\n/, "") },
      "parse",
    ],
    ["a log without its sum", "format", { ...recorded("format-clean"), stderr: "" }, "parse"],
  ])("%s", (_, command, exit, kind) => {
    expect(breakage(() => settle(command, exit)).kind).toBe(kind);
  });

  it("a panic of ruff in one file is no finding", () => {
    const stdout = dirty.stdout.replace('"severity": "error"', '"severity": "fatal"');
    expect(breakage(() => settle("check", { ...dirty, stdout })).kind).toBe("tool-crash");
  });
});

describe("a damaged report", () => {
  const names = [
    "check-dirty",
    "check-syntax-error",
    "check-not-utf8",
    "format-dirty",
    "format-syntax-error",
  ];

  it("never turns problems into none, whatever bytes are cut, changed or put in", () => {
    const damage = fc.record({
      name: fc.constantFrom(...names),
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      cut: fc.nat(400),
      put: fc.oneof(fc.string(), fc.constantFrom("[", "]", "{}", "null", "0", "[]", '"', ",")),
    });
    fc.assert(
      fc.property(damage, ({ name, at, cut, put }) => {
        const exit = recorded(name);
        const start = Math.floor(at * exit.stdout.length);
        const stdout = exit.stdout.slice(0, start) + put + exit.stdout.slice(start + cut);
        expect(hasProblems(commandOf(name), { ...exit, stdout })).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it("never turns problems into none, whatever entries and fields are dropped", () => {
    const damage = fc.record({
      name: fc.constantFrom(...names),
      keep: fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }),
      drop: fc.constantFrom(
        "code",
        "message",
        "filename",
        "location",
        "end_location",
        "fix",
        "severity",
        "url",
      ),
    });
    fc.assert(
      fc.property(damage, ({ name, keep, drop }) => {
        const exit = recorded(name);
        const entries: Record<string, unknown>[] = JSON.parse(exit.stdout);
        const kept = entries
          .filter((_, index) => keep[index])
          .map((entry) => Object.fromEntries(Object.entries(entry).filter(([key]) => key !== drop)));
        expect(hasProblems(commandOf(name), { ...exit, stdout: JSON.stringify(kept) })).toBe(true);
      }),
    );
  });
});

/** Whether a run tells of problems, or is breakage: anything but a clean run. */
function hasProblems(command: RuffCommand, exit: RuffExit): boolean {
  try {
    return settle(command, exit).diagnostics.length > 0;
  } catch (error) {
    if (isBreakage(error)) return true;
    throw error;
  }
}
