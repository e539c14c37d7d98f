import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Breakage, defineGate, type Evidence, type Gate, type GateContext, type Level, type Measurement } from "@towpath/core";
import { candidates, findTool, readReport, runTool, type Tool, toolPath, toRepoPath, withFingerprints } from "@towpath/kit";
import { lastWords } from "./last-words.ts";
import { argumentChunks } from "./argument-chunks.ts";
import { banditConfig } from "./bandit-config.ts";
import { banditFinding } from "./bandit-finding.ts";
import type { SastOptions, SeverityLimits } from "./options.ts";
import { type BanditReport, type BanditSeverity, parseBandit } from "./parse-bandit.ts";
import { toolEnvironment } from "./tool-environment.ts";

const severities: readonly BanditSeverity[] = ["high", "medium", "low"];

/**
 * The gate `sast`: bandit finds no more issues of each severity than are tolerated. Only source is checked: tests
 * assert and hold made-up passwords.
 * @param sources where each threshold was set, for the measurements
 */
export function sastGate(options: SastOptions, sources: Readonly<Record<BanditSeverity, string>>): Gate {
  return defineGate({
    name: "sast",
    category: "security",
    code: "TP3402",
    stages: ["refactoring", "staging"],
    executesCode: false,
    timeoutMs: 10 * 60_000,
    configFiles: ["pyproject.toml", ".bandit"],
    check: (ctx) => checkSast(ctx, options, sources),
  });
}

async function checkSast(
  ctx: GateContext,
  { thresholds, config, command }: SastOptions,
  sources: Readonly<Record<BanditSeverity, string>>,
): Promise<Evidence> {
  const root = ctx.workspace.root;
  const files = await candidates(ctx, { of: "source", suffixes: [".py"] });
  const tool = await findTool(ctx, {
    name: "bandit",
    module: "bandit",
    ...(command === undefined ? {} : { command }),
    install: "pip install bandit",
    versions: { min: "1.7.0", below: "2" },
  });
  const settings = await banditConfig(root, config);
  const reports: BanditReport[] = [];
  for (const [index, chunk] of argumentChunks(files.map(toolPath)).entries()) {
    reports.push(await runBandit(ctx, tool, [...settings.args, ...chunk], `bandit-${index}.json`));
  }

  const errors = reports.flatMap((report) => report.errors);
  if (errors.length > 0) throw unchecked(root, errors);
  const issues = reports.flatMap((report) => report.issues);
  const count = (severity: BanditSeverity): number => issues.filter((issue) => issue.severity === severity).length;
  const checked = new Set(reports.flatMap((report) => report.checked).map((file) => toRepoPath(root, file)));
  const findings = issues.map(async (issue) => {
    const file = toRepoPath(root, issue.file);
    const lines = (await readFile(join(root, file), "utf8")).split(/\r\n|\r|\n/);
    return banditFinding(issue, levelOf(issue.severity, count(issue.severity), thresholds), file, lines);
  });
  return {
    candidates: files.length,
    checked: checked.size,
    findings: await withFingerprints(root, await Promise.all(findings)),
    measurements: severities.flatMap((severity): Measurement[] => {
      const threshold = thresholds[severity];
      if (threshold === null) return [];
      const name = `issues of ${severity} severity`;
      return [{ name, value: count(severity), unit: "issues", operator: "<=", threshold, source: sources[severity] }];
    }),
    tool: tool.info,
    warnings: settings.warnings,
    notes: [
      ...excluded(files.filter((file) => !checked.has(file))),
      ...exempted(reports.reduce((sum, report) => sum + report.nosec, 0)),
    ],
  };
}

/** `-x ""`: the default would leave out every file whose path contains `CVS` or `.git`. */
async function runBandit(ctx: GateContext, tool: Tool, args: readonly string[], name: string): Promise<BanditReport> {
  const output = join(ctx.outDir, name);
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

function unchecked(root: string, errors: BanditReport["errors"]): Breakage {
  const where = errors.map(({ file }) => toRepoPath(root, file));
  return new Breakage("parse", {
    message: `bandit could not check ${errors.length} files: ${where.join(", ")}`,
    why: [...new Set(errors.map(({ reason }) => reason))].join("; "),
    fix: ["Mend the syntax of the files.", "Or install bandit for the Python version that the component is written for."],
    where,
  });
}

/** Tolerated issues do not block, but they show. */
function levelOf(severity: BanditSeverity, count: number, thresholds: SeverityLimits): Level {
  const threshold = thresholds[severity];
  if (threshold !== null && count > threshold) return "error";
  return severity === "low" ? "note" : "warning";
}

function excluded(files: readonly string[]): readonly string[] {
  return files.length === 0 ? [] : [`${files.length} files are left out by bandit's configuration: ${files.join(", ")}`];
}

function exempted(lines: number): readonly string[] {
  return lines === 0 ? [] : [`${lines} lines are exempted by # nosec`];
}
