import { isBreakage } from "@towpath/core";
import { describe, expect, it } from "vitest";
import { fixture } from "../test/fixture.ts";
import { assertStaysBad } from "../test/stays-bad.ts";
import { parsePipAudit } from "./parse-pip-audit.ts";

const vulnerable = fixture("pip-audit-2.10.1/vulnerable.json");
const clean = fixture("pip-audit-2.10.1/clean.json");

const kindOf = (text: string, code: number): string => {
  try {
    parsePipAudit(text, code);
    return "report";
  } catch (error) {
    return isBreakage(error) ? error.kind : "other";
  }
};

describe("parsePipAudit", () => {
  it("reads vulnerabilities with the versions that mend them", () => {
    expect(parsePipAudit(vulnerable, 1)).toEqual({
      audited: 2,
      skipped: [],
      vulnerabilities: [
        {
          name: "jinja2",
          version: "2.4.1",
          id: "PYSEC-2021-66",
          aliases: ["CVE-2020-28493"],
          fixVersions: ["2.11.3"],
          description: "ReDoS in jinja2",
        },
      ],
    });
  });

  it("does not count a skipped dependency as audited", () => {
    const report = parsePipAudit(fixture("pip-audit-2.10.1/skipped.json"), 0);
    expect(report.audited).toBe(0);
    expect(report.skipped.map(({ name }) => name)).toEqual(["jinja2", "requests"]);
  });

  it("trusts neither the exit code nor the list when they contradict each other", () => {
    expect(kindOf(vulnerable, 0)).toBe("mismatch");
    expect(kindOf(clean, 1)).toBe("mismatch");
  });

  it.each([
    "",
    "[]",
    "{}",
    '{"dependencies":{}}',
    '{"dependencies":[{"name":"a"}]}',
    '{"dependencies":[{"name":"a","version":"1"}]}',
    '{"dependencies":[{"name":"a","version":"1","vulns":[],"skip_reason":"both"}]}',
    '{"dependencies":[{"name":"a","version":"1","vulns":[{"fix_versions":[]}]}]}',
  ])("refuses %j", (text) => {
    expect(kindOf(text, 0)).toBe("parse");
  });

  it("never loses the vulnerability of a damaged report", () => {
    expect(() =>
      assertStaysBad(vulnerable, (text, code) => parsePipAudit(text, code).vulnerabilities.length > 0),
    ).not.toThrow();
  });
});
