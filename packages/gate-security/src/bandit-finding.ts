import type { Level, Range } from "@towpath/core";
import type { FindingDraft } from "@towpath/kit";
import type { BanditIssue } from "./parse-bandit.ts";
import { shortDigest } from "./short-digest.ts";

/** Rules about passwords in the code; their messages and lines hold the password. */
const passwordRules = new Set(["B105", "B106", "B107"]);

/**
 * Turns an issue into a finding.
 * @param issue with a path relative to the repository root
 * @param lines the file's lines
 */
export function banditFinding(issue: BanditIssue, level: Level, lines: readonly string[]): FindingDraft {
  const password = passwordRules.has(issue.rule);
  const message = password ? issue.message.replace(/:.*$/s, "") : issue.message;
  return {
    tool: "bandit",
    rule: issue.rule,
    ...(issue.url === undefined ? {} : { ruleUrl: issue.url }),
    level,
    severity: issue.severity,
    message: `${message} (confidence: ${issue.confidence})`,
    file: issue.file,
    range: rangeOf(issue, lines),
    ...(password ? { secretHash: shortDigest(issue.rule, issue.file, lines[issue.line - 1] ?? "") } : {}),
  };
}

function rangeOf({ line, endLine, column, endColumn }: BanditIssue, lines: readonly string[]): Range {
  const startLine = Math.max(1, line);
  const startColumn = codePoints(lines[startLine - 1], column ?? 0) + 1;
  const lastLine = Math.max(startLine, endLine);
  const end = codePoints(lines[lastLine - 1], endColumn ?? Number.POSITIVE_INFINITY) + 1;
  return {
    startLine,
    startColumn,
    endLine: lastLine,
    endColumn: lastLine === startLine ? Math.max(startColumn, end) : end,
  };
}

/** How many code points the first `bytes` bytes of a line hold. */
function codePoints(line: string = "", bytes: number): number {
  return [...Buffer.from(line).subarray(0, Math.max(0, bytes)).toString()].length;
}
