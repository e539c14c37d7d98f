import { isBreakage } from "@towpath/core";
import { describe, expect, it } from "vitest";
import { fixture } from "../test/fixture.ts";
import { assertStaysBad } from "../test/stays-bad.ts";
import { parseBandit } from "./parse-bandit.ts";

const dirty = fixture("bandit-1.9.4/dirty.json");
const clean = fixture("bandit-1.9.4/clean.json");

const kindOf = (text: string, code: number): string => {
  try {
    parseBandit(text, code);
    return "report";
  } catch (error) {
    return isBreakage(error) ? error.kind : "other";
  }
};

describe("parseBandit", () => {
  it("reads issues, files and places", () => {
    const report = parseBandit(dirty, 1);
    expect(report.checked).toEqual(["././src/foo/add.py", "././src/foo/store.py"]);
    expect(report.errors).toEqual([]);
    expect(report.issues.map(({ rule, severity, line }) => `${rule} ${severity} ${line}`)).toEqual([
      "B403 low 1",
      "B404 low 2",
      "B105 low 4",
      "B602 high 8",
      "B307 medium 10",
      "B301 medium 12",
    ]);
  });

  it("reads the reports of bandit 1.7, which have no columns", () => {
    const report = parseBandit(fixture("bandit-1.7.0/dirty.json"), 1);
    expect(report.issues).toHaveLength(6);
    expect(report.issues[0]?.column).toBeUndefined();
  });

  it("reads a clean report and one with files that could not be checked", () => {
    expect(parseBandit(clean, 0)).toMatchObject({ checked: ["././src/foo/add.py"], issues: [], errors: [] });
    expect(parseBandit(fixture("bandit-1.9.4/syntax-error.json"), 0).errors).toEqual([
      { file: "././src/foo/broken.py", reason: "syntax error while parsing AST from file" },
    ]);
    expect(parseBandit(fixture("bandit-1.9.4/none.json"), 0).checked).toEqual([]);
  });

  it("trusts neither the exit code nor the list when they contradict each other", () => {
    expect(kindOf(dirty, 0)).toBe("mismatch");
    expect(kindOf(clean, 1)).toBe("mismatch");
  });

  it("trusts no list that is shorter than its totals", () => {
    const report = JSON.parse(dirty);
    report.results = report.results.filter(
      (issue: { issue_severity: string }) => issue.issue_severity !== "HIGH",
    );
    expect(kindOf(JSON.stringify(report), 1)).toBe("mismatch");
  });

  it.each(["", "null", "[]", "{}", '{"errors":[],"metrics":{},"results":[]}', "<html>"])(
    "refuses %j",
    (text) => {
      expect(kindOf(text, 0)).toBe("parse");
    },
  );

  it("never loses the severe issue of a damaged report", () => {
    expect(() =>
      assertStaysBad(dirty, (text, code) =>
        parseBandit(text, code).issues.some((issue) => issue.severity === "high"),
      ),
    ).not.toThrow();
  });
});
