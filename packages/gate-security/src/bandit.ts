import { join } from "node:path";
import { Breakage, type GateContext } from "@towpath/core";
import { readReport, runTool, type Tool, toolPath, toRepoPath } from "@towpath/kit";
import { argumentChunks } from "./argument-chunks.ts";
import { lastWords } from "./last-words.ts";
import { type BanditReport, parseBandit } from "./parse-bandit.ts";
import { toolEnvironment } from "./tool-environment.ts";

/**
 * Runs bandit on files.
 * @param settings arguments that name its configuration
 * @param files POSIX paths relative to the repository root
 * @returns its report, with paths relative to the repository root
 * @throws {Breakage} `parse` when it could not check a file, which its exit code does not tell
 */
export async function runBandit(
  ctx: GateContext,
  tool: Tool,
  settings: readonly string[],
  files: readonly string[],
): Promise<BanditReport> {
  const reports: BanditReport[] = [];
  for (const [index, chunk] of argumentChunks(files.map(toolPath)).entries()) {
    reports.push(await runOnce(ctx, tool, [...settings, ...chunk], join(ctx.outDir, `bandit-${index}.json`)));
  }
  const relative = (path: string): string => toRepoPath(ctx.workspace.root, path);
  const errors = reports.flatMap((report) => report.errors);
  if (errors.length > 0)
    throw unchecked(errors.map(({ file, reason }) => ({ file: relative(file), reason })));
  return {
    checked: reports.flatMap((report) => report.checked).map(relative),
    errors: [],
    issues: reports
      .flatMap((report) => report.issues)
      .map((issue) => ({ ...issue, file: relative(issue.file) })),
    nosec: reports.reduce((sum, report) => sum + report.nosec, 0),
  };
}

/** `-x ""`: the default would leave out every file whose path contains `CVS` or `.git`. */
async function runOnce(
  ctx: GateContext,
  tool: Tool,
  args: readonly string[],
  output: string,
): Promise<BanditReport> {
  const argv = ["-f", "json", "-o", output, "-q", "-x", "", ...args];
  const { code, stderr } = await runTool(ctx, tool, argv, { env: toolEnvironment });
  if (code !== 0 && code !== 1) {
    throw new Breakage(code === 2 ? "tool-config" : "tool-crash", {
      message: `bandit ended with exit code ${code}`,
      why: lastWords(stderr),
    });
  }
  return parseBandit(await readReport(output, "bandit"), code);
}

function unchecked(errors: BanditReport["errors"]): Breakage {
  const where = errors.map(({ file }) => file);
  return new Breakage("parse", {
    message: `bandit could not check ${errors.length} files: ${where.join(", ")}`,
    why: [...new Set(errors.map(({ reason }) => reason))].join("; "),
    fix: [
      "Mend the syntax of the files.",
      "Or install bandit for the Python version that the component is written for.",
    ],
    where,
  });
}
