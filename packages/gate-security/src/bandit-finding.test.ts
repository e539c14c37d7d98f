import { expect, it } from "vitest";
import { banditFinding } from "./bandit-finding.ts";
import type { BanditIssue } from "./parse-bandit.ts";

const lines = ['label = "größe"; value = eval(path)', 'password = "hunter2secret"', "call(", "  x)"];
const issue: BanditIssue = {
  file: "src/foo/a.py",
  line: 1,
  endLine: 1,
  column: 27,
  endColumn: 37,
  severity: "medium",
  confidence: "high",
  rule: "B307",
  message: "Use of possibly insecure function",
  url: "https://example.org/b307",
};

it("counts columns in code points, not bytes", () => {
  const { range } = banditFinding(issue, "error", lines);
  expect(
    [...(lines[0] ?? "")].slice((range?.startColumn ?? 0) - 1, (range?.endColumn ?? 0) - 1).join(""),
  ).toBe("eval(path)");
});

it("spans several lines", () => {
  const spread = { ...issue, line: 3, endLine: 4, column: 0, endColumn: 4 };
  const { range } = banditFinding(spread, "error", lines);
  expect(range).toEqual({ startLine: 3, startColumn: 1, endLine: 4, endColumn: 5 });
});

it("takes the whole line when the tool gives no columns, even when the file has changed since", () => {
  const old = { ...issue, column: undefined, endColumn: undefined };
  const range = { startLine: 1, startColumn: 1, endLine: 1, endColumn: 36 };
  expect(banditFinding(old, "error", lines).range).toEqual(range);
  expect(banditFinding({ ...issue, line: 9, endLine: 9 }, "error", lines).range).toEqual({
    startLine: 9,
    startColumn: 1,
    endLine: 9,
    endColumn: 1,
  });
});

it("does not repeat the password that a rule about passwords quotes", () => {
  const quoted = {
    ...issue,
    line: 2,
    endLine: 2,
    rule: "B105",
    message: "Possible hardcoded password: 'hunter2secret'",
  };
  const finding = banditFinding(quoted, "note", lines);
  expect(JSON.stringify(finding)).not.toContain("hunter2");
  expect(finding.message).toBe("Possible hardcoded password (confidence: high)");
  expect(finding.secretHash).toMatch(/^[0-9a-f]{4}$/);
});
