import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  defineGate,
  type Evidence,
  type Finding,
  type Gate,
  type GateContext,
  type Level,
  type Threshold,
} from "@towpath/core";
import { candidates, findTool, type Tool, type ToolRequest, withFingerprints } from "@towpath/kit";
import { runBandit } from "./bandit.ts";
import { banditConfig } from "./bandit-config.ts";
import { banditFinding } from "./bandit-finding.ts";
import type { SastOptions, SeverityLimits } from "./options.ts";
import type { BanditIssue, BanditSeverity } from "./parse-bandit.ts";

const severities: readonly BanditSeverity[] = ["high", "medium", "low"];

/**
 * The gate `sast`: bandit finds no more issues of each severity than are tolerated. Only source is checked: tests
 * assert and hold made-up passwords.
 * @param sources where each threshold was set, for the thresholds
 */
export function sastGate(options: SastOptions, sources: Readonly<Record<BanditSeverity, string>>): Gate {
  const limits = limitsOf(options.thresholds, sources);
  return defineGate({
    name: "sast",
    category: "security",
    code: "TP3402",
    stages: ["refactoring", "staging"],
    executesCode: false,
    configFiles: ["pyproject.toml", ".bandit"],
    thresholds: () => limits.map((limit) => limit.threshold),
    probe: async (ctx) => (await findBandit(ctx, options)).info,
    environment: async () => ({
      tools: [{ ...banditRequest(options), packages: true }],
      files: options.config === undefined ? [] : [options.config],
    }),
    check: (ctx) => checkSast(ctx, options, limits),
  });
}

/** The threshold of one severity. */
interface SeverityLimit {
  readonly severity: BanditSeverity;
  readonly threshold: Threshold;
}

function limitsOf(
  thresholds: SeverityLimits,
  sources: Readonly<Record<BanditSeverity, string>>,
): readonly SeverityLimit[] {
  return severities.flatMap((severity) => {
    const threshold = thresholds[severity];
    if (threshold === null) return [];
    const name = `issues of ${severity} severity`;
    return [
      { severity, threshold: { name, unit: "issues", operator: "<=", threshold, source: sources[severity] } },
    ];
  });
}

async function checkSast(
  ctx: GateContext,
  options: SastOptions,
  limits: readonly SeverityLimit[],
): Promise<Evidence> {
  const root = ctx.workspace.root;
  const files = await candidates(ctx, { of: "source", suffixes: [".py"] });
  const tool = await findBandit(ctx, options);
  const settings = await banditConfig(root, options.config);
  const { issues, nosec, checked } = await runBandit(ctx, tool, settings.args, files);
  const looked = new Set(checked);
  const count = (severity: BanditSeverity): number =>
    issues.filter((issue) => issue.severity === severity).length;
  return {
    candidates: files.length,
    checked: files.filter((file) => looked.has(file)).length,
    findings: await findingsOf(root, issues, (severity) =>
      levelOf(severity, count(severity), options.thresholds),
    ),
    measurements: limits.map(({ severity, threshold }) => ({ ...threshold, value: count(severity) })),
    tool: tool.info,
    warnings: settings.warnings,
    notes: [
      ...noteOn(files.filter((file) => !looked.has(file))),
      ...(nosec === 0 ? [] : [`${nosec} lines are exempted by # nosec`]),
    ],
  };
}

function findBandit(ctx: GateContext, options: SastOptions): Promise<Tool> {
  return findTool(ctx, banditRequest(options));
}

function banditRequest({ command }: SastOptions): ToolRequest {
  return {
    name: "bandit",
    module: "bandit",
    ...(command === undefined ? {} : { command }),
    install: "pip install bandit",
    versions: { min: "1.7.0", below: "2" },
  };
}

async function findingsOf(
  root: string,
  issues: readonly BanditIssue[],
  level: (severity: BanditSeverity) => Level,
): Promise<readonly Finding[]> {
  const lines = new Map<string, readonly string[]>();
  for (const file of new Set(issues.map((issue) => issue.file))) {
    lines.set(file, (await readFile(join(root, file), "utf8")).split(/\r\n|\r|\n/));
  }
  return withFingerprints(
    root,
    issues.map((issue) => banditFinding(issue, level(issue.severity), lines.get(issue.file) ?? [])),
  );
}

/** Tolerated issues do not block, but they show. */
function levelOf(severity: BanditSeverity, count: number, thresholds: SeverityLimits): Level {
  const threshold = thresholds[severity];
  if (threshold !== null && count > threshold) return "error";
  return severity === "low" ? "note" : "warning";
}

function noteOn(excluded: readonly string[]): readonly string[] {
  if (excluded.length === 0) return [];
  return [`${excluded.length} files are left out by bandit's configuration: ${excluded.join(", ")}`];
}
