import type { Exec } from "@towpath/core";
import type { ChangedLines } from "@towpath/report";

const mostDiffBytes = 64 * 1024 * 1024;
/** The lines of a hunk in the new file: `@@ -1,2 +3,4 @@`. */
const hunk = /^@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@/;

/**
 * The lines that were changed since a commit, as git has them. Where git cannot say, as in a shallow checkout, none are
 * known.
 * @param folder where the root lies in the repository; it stands before each path
 */
export async function changedLines({
  root,
  base,
  folder,
  exec,
}: {
  readonly root: string;
  readonly base: string;
  readonly folder: string;
  readonly exec: Exec;
}): Promise<ChangedLines> {
  const quiet = ["-c", "core.fsmonitor=", "-c", "core.hooksPath=/dev/null", "-c", "core.quotePath=false"];
  const how = ["--no-ext-diff", "--no-textconv", "--no-color", "--unified=0", "--relative"];
  const { code, stdout, droppedBytes } = await exec({
    command: "git",
    args: [...quiet, "diff", ...how, "--src-prefix=a/", "--dst-prefix=b/", base, "HEAD", "--", "."],
    cwd: root,
    env: { GIT_TERMINAL_PROMPT: "0", GIT_OPTIONAL_LOCKS: "0" },
    timeoutMs: 30_000,
    maxOutputBytes: mostDiffBytes,
  });
  return code === 0 && droppedBytes === 0 ? linesIn(stdout, folder) : new Map();
}

/** Reads a unified diff without context. Only what begins a file or a hunk is looked at, between hunks. */
function linesIn(diff: string, folder: string): ChangedLines {
  const lines = new Map<string, Set<number>>();
  let current = new Set<number>();
  let inHunk = 0;
  for (const line of diff.split("\n")) {
    if (inHunk > 0 && /^[-+]/.test(line)) {
      inHunk -= 1;
      continue;
    }
    const [, start, count = "1"] = hunk.exec(line) ?? [];
    if (start !== undefined) {
      const [, before = "1"] = /^@@ -\d+(?:,(\d+))?/.exec(line) ?? [];
      inHunk = Number(before) + Number(count);
      for (let at = 0; at < Number(count); at++) current.add(Number(start) + at);
    } else if (line.startsWith("+++ b/")) {
      const path = line.slice("+++ b/".length).replace(/\t$/, "");
      current = new Set();
      lines.set(folder === "" ? path : `${folder}/${path}`, current);
    }
  }
  return lines;
}
