import { join, relative, sep } from "node:path";
import type { Level } from "@towpath/core";
import { sanitize, type FindingDraft } from "@towpath/kit";
import type { CollectError } from "./pytest-log.ts";
import type { TestOutcome } from "./test-outcomes.ts";

/** The roots that paths are translated between, both absolute. */
export interface Roots {
  /** Repository root. */
  readonly root: string;
  /** pytest's rootdir. */
  readonly rootdir: string;
}

/** The finding of a test that failed and did not pass alone. */
export function failedTest(test: TestOutcome, roots: Roots): FindingDraft {
  const rule = test.failedAt === "call" ? "pytest/failed" : "pytest/error";
  const phase =
    test.failedAt === "call"
      ? "failed"
      : `failed in ${test.failedAt === "???" ? "its worker" : test.failedAt}`;
  return draft(rule, "error", `${test.nodeid} ${phase}: ${test.message ?? "without a message"}`, test, roots);
}

/** The finding of a test that failed and then passed. */
export function flakyTest(test: TestOutcome, level: Level, roots: Roots): FindingDraft {
  const again = test.outcome === "passed" ? "when it was run again" : "alone in a fresh process";
  const message = `${test.nodeid} failed and then passed ${again}: ${test.message ?? "without a message"}`;
  return draft("pytest/flaky", level, message, test, roots);
}

/** The finding of a file that cannot be collected. */
export function collectFailure({ nodeid, message }: CollectError, roots: Roots): FindingDraft {
  const lines = message.split("\n").filter((line) => line.trim() !== "");
  const error = lines.findLast((line) => line.startsWith("E  ")) ?? lines.at(-1) ?? "without a message";
  const [file = ""] = nodeid.split("::");
  const words = `${nodeid === "" ? "the tests" : nodeid} cannot be collected: ${error.replace(/^E\s+/, "")}`;
  return draft("pytest/collection", "error", words, { file, line: 1 }, roots);
}

function draft(
  rule: string,
  level: Level,
  message: string,
  { file, line }: Pick<TestOutcome, "file" | "line">,
  { root, rootdir }: Roots,
): FindingDraft {
  const path = relative(root, join(rootdir, file)).split(sep).join("/");
  const outside = path === "" || path.startsWith("../");
  return {
    tool: "pytest",
    rule,
    level,
    message: sanitize(message),
    ...(outside
      ? {}
      : { file: path, range: { startLine: line, startColumn: 1, endLine: line + 1, endColumn: 1 } }),
  };
}
