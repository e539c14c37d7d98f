import { readFileSync } from "node:fs";
import { isBreakage } from "@towpath/core";
import { assert, constantFrom, nat, property, record, string, uniqueArray } from "fast-check";
import { describe, expect, it } from "vitest";
import { parsePyright, type PyrightReport } from "./parse.ts";

const fixture = (name: string): string =>
  readFileSync(new URL(`../fixtures/pyright-1.1.414/${name}.json`, import.meta.url), "utf8");

/** The report, or the kind of the breakage. */
function attempt(stdout: string, code: number): PyrightReport | string {
  try {
    return parsePyright(stdout, code);
  } catch (error) {
    if (isBreakage(error)) return error.kind;
    throw error;
  }
}

/** The recorded report of nine errors with a part replaced. */
function altered(change: (report: Record<string, unknown>) => void): string {
  const report: Record<string, unknown> = JSON.parse(fixture("errors"));
  change(report);
  return JSON.stringify(report);
}

describe("parsePyright", () => {
  it("reads a clean report", () => {
    expect(parsePyright(fixture("clean"), 0)).toEqual({
      version: "1.1.414",
      filesAnalyzed: 1,
      diagnostics: [],
    });
  });

  it("reads errors with and without a rule", () => {
    const { diagnostics } = parsePyright(fixture("errors"), 1);
    expect(diagnostics).toHaveLength(9);
    expect(diagnostics.map(({ rule }) => rule).slice(0, 3)).toEqual([
      "reportReturnType",
      "reportAssignmentType",
      undefined,
    ]);
    expect(diagnostics[1]).toMatchObject({
      file: "/repo/src/errors/a.py",
      severity: "error",
      range: { start: { line: 4, character: 29 }, end: { line: 4, character: 34 } },
    });
  });

  it("keeps warnings and information apart from errors", () => {
    const { diagnostics } = parsePyright(fixture("warnings"), 0);
    expect(diagnostics.map(({ severity }) => severity)).toEqual(["warning", "information"]);
  });

  it("accepts keys that it does not know", () => {
    expect(
      attempt(
        altered((report) => (report["future"] = [])),
        1,
      ),
    ).toMatchObject({ filesAnalyzed: 1 });
  });

  it.each([
    ["errors with exit code 0", fixture("errors"), 0],
    ["no errors with exit code 1", fixture("clean"), 1],
    ["warnings alone with exit code 1", fixture("warnings"), 1],
    ["a list shorter than its total", altered((report) => (report["generalDiagnostics"] = [])), 1],
  ])("calls %s a mismatch", (_, stdout, code) => {
    expect(attempt(stdout, code)).toBe("mismatch");
  });

  it.each([
    ["nothing", ""],
    ["words", "No configuration file found."],
    ["half a report", fixture("errors").slice(0, 900)],
    ["two reports", fixture("errors").repeat(2)],
    ["a report without a summary", altered((report) => delete report["summary"])],
    ["an unknown severity", fixture("errors").replace('"error"', '"fatal"')],
    ["a total that is no number", fixture("errors").replace('"errorCount": 9', '"errorCount": NaN')],
    ["a negative number of files", fixture("clean").replace('"filesAnalyzed": 1', '"filesAnalyzed": -1')],
  ])("refuses %s", (_, stdout) => {
    expect(attempt(stdout, 1)).toBe("parse");
  });

  it("never loses the errors of a report, however it is damaged", () => {
    const text = fixture("errors");
    const place = nat(text.length);
    const damage = record({ at: place, cut: nat(200), put: string({ maxLength: 3 }) });
    assert(
      property(damage, ({ at, cut, put }) => {
        const read = attempt(text.slice(0, at) + put + text.slice(at + cut), 1);
        const lost =
          typeof read !== "string" && read.diagnostics.every(({ severity }) => severity !== "error");
        expect(lost).toBe(false);
      }),
      { numRuns: 2_000 },
    );
  });

  it("never loses errors by dropping or downgrading diagnostics", () => {
    const index = nat(8);
    assert(
      property(
        uniqueArray(index, { minLength: 1 }),
        constantFrom("drop", "warning", "information"),
        (chosen, fate) => {
          const text = altered((report) => {
            const list = report["generalDiagnostics"] as Record<string, unknown>[];
            const damaged = list.map((one, at) => (chosen.includes(at) ? { ...one, severity: fate } : one));
            report["generalDiagnostics"] = damaged.filter(({ severity }) => severity !== "drop");
          });
          const read = attempt(text, 1);
          expect(read).toBe("mismatch");
        },
      ),
    );
  });
});
