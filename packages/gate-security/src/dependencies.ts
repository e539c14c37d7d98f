import { posix } from "node:path";
import {
  Breakage,
  defineGate,
  type Evidence,
  type Gate,
  type GateContext,
  type Threshold,
} from "@towpath/core";
import { findTool, type Tool, withFingerprints } from "@towpath/kit";
import { auditSubject } from "./audit-subject.ts";
import type { DependenciesOptions } from "./options.ts";
import type { AuditReport } from "./parse-pip-audit.ts";
import { runPipAudit } from "./pip-audit.ts";
import { vulnerabilityFinding } from "./vulnerability-finding.ts";

/**
 * The gate `dependencies`: no dependency has a known vulnerability. It asks a service on the network.
 * @param source where the option was set, for the threshold
 */
export function dependenciesGate(options: DependenciesOptions, source: string): Gate {
  const threshold: Threshold = {
    name: "known vulnerabilities",
    unit: "vulnerabilities",
    operator: "<=",
    threshold: 0,
    source,
  };
  return defineGate({
    name: "dependencies",
    category: "security",
    code: "TP3403",
    stages: ["refactoring", "staging"],
    executesCode: false,
    cost: "network",
    configFiles: (options.requirements ?? []).map((file) => posix.basename(file)),
    thresholds: () => [threshold],
    probe: async (ctx) => (await findPipAudit(ctx, options)).info,
    check: (ctx) => checkDependencies(ctx, options, threshold),
  });
}

/** pip-audit's reason to skip a package that is installed from a working tree, as `--skip-editable` asks. */
const editable = "distribution marked as editable";

async function checkDependencies(
  ctx: GateContext,
  options: DependenciesOptions,
  threshold: Threshold,
): Promise<Evidence> {
  const subject = await auditSubject(ctx, options.requirements);
  const tool = await findPipAudit(ctx, options);
  const { report, doubts } = await runPipAudit(ctx, tool, subject, options);
  if (report.audited === 0) throw nothingAudited(report);

  const { vulnerabilities, skipped, audited } = report;
  const own = skipped.filter(({ reason }) => reason === editable);
  const foreign = skipped.filter(({ reason }) => reason !== editable);
  const findings = vulnerabilities.map((vulnerability) => vulnerabilityFinding(vulnerability, subject));
  return {
    candidates: audited + skipped.length,
    checked: audited,
    findings: await withFingerprints(ctx.workspace.root, findings),
    measurements: [{ ...threshold, value: vulnerabilities.length }],
    tool: tool.info,
    warnings: [...foreign.map(({ name, reason }) => `${name} was not audited: ${reason}`), ...doubts],
    notes: own.map(({ name }) => `${name} was not audited: it is installed from a working tree`),
  };
}

function findPipAudit(ctx: GateContext, { command }: DependenciesOptions): Promise<Tool> {
  return findTool(ctx, {
    name: "pip-audit",
    module: "pip_audit",
    ...(command === undefined ? {} : { command }),
    install: "pip install pip-audit",
    versions: { min: "2.7.0", below: "3" },
  });
}

function nothingAudited({ skipped }: AuditReport): Breakage {
  const reasons = [...new Set(skipped.map(({ reason }) => reason))];
  return new Breakage("no-input", {
    message: `no dependency was audited (${skipped.length} were skipped)`,
    ...(reasons.length === 0 ? {} : { why: reasons.slice(0, 3).join("; ") }),
    fix: [
      "Name requirements that the service knows: [gate-security, {dependencies: {requirements: [requirements.txt]}}]",
      "Or run where the service of vulnerabilities can be reached.",
    ],
  });
}
