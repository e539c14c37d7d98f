import { access } from "node:fs/promises";
import { join, posix } from "node:path";
import { Breakage, defineGate, type Evidence, type Gate, type GateContext } from "@towpath/core";
import { findTool, type FindingDraft, readReport, runTool, type Tool, withFingerprints } from "@towpath/kit";
import { auditBreakage } from "./audit-breakage.ts";
import { type AuditSubject, auditSubject, normalizedName } from "./audit-subject.ts";
import type { DependenciesOptions } from "./options.ts";
import { type AuditReport, parsePipAudit, type Vulnerability } from "./parse-pip-audit.ts";
import { toolEnvironment } from "./tool-environment.ts";

/**
 * The gate `dependencies`: no dependency has a known vulnerability. It asks a service on the network.
 * @param source where the option was set, for the measurement
 */
export function dependenciesGate(options: DependenciesOptions, source: string): Gate {
  return defineGate({
    name: "dependencies",
    category: "security",
    code: "TP3403",
    stages: ["refactoring", "staging"],
    executesCode: false,
    timeoutMs: 10 * 60_000,
    configFiles: (options.requirements ?? []).map((file) => posix.basename(file)),
    check: (ctx) => checkDependencies(ctx, options, source),
  });
}

async function checkDependencies(ctx: GateContext, options: DependenciesOptions, source: string): Promise<Evidence> {
  const subject = await auditSubject(ctx, options.requirements);
  const tool = await findTool(ctx, {
    name: "pip-audit",
    module: "pip_audit",
    ...(options.command === undefined ? {} : { command: options.command }),
    install: "pip install pip-audit",
    versions: { min: "2.7.0", below: "3" },
  });
  const { report, doubts } = await audit(ctx, tool, subject, options);
  if (report.audited === 0) throw nothingAudited(report);
  const { vulnerabilities, skipped, audited } = report;
  const own = skipped.filter(({ reason }) => reason === editable);
  return {
    candidates: audited + skipped.length,
    checked: audited,
    findings: await withFingerprints(ctx.workspace.root, vulnerabilities.map((item) => draft(item, subject))),
    measurements: [
      {
        name: "known vulnerabilities",
        value: vulnerabilities.length,
        unit: "vulnerabilities",
        operator: "<=",
        threshold: 0,
        source,
      },
    ],
    tool: tool.info,
    warnings: [
      ...skipped.filter((item) => !own.includes(item)).map(({ name, reason }) => `${name} was not audited: ${reason}`),
      ...doubts,
    ],
    notes: own.map(({ name }) => `${name} was not audited: it is installed from a working tree`),
  };
}

/** pip-audit's reason to skip a package that is installed from a working tree, as `--skip-editable` asks. */
const editable = "distribution marked as editable";

/** Companies reach the service through a proxy and with certificates of their own. */
const networkVariables = [
  ...["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"],
  ...["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"],
];

/** Runs in the run's folder: pip-audit starts `python -m pip`, which would import `pip.py` of the checked tree. */
async function audit(
  ctx: GateContext,
  tool: Tool,
  subject: AuditSubject,
  { service, osvUrl, timeoutSeconds }: DependenciesOptions,
): Promise<{ readonly report: AuditReport; readonly doubts: readonly string[] }> {
  const output = join(ctx.outDir, "pip-audit.json");
  const args = [
    ...["-f", "json", "-o", output, "--progress-spinner", "off", "--cache-dir", join(ctx.outDir, "pip-audit-cache")],
    ...["--timeout", String(timeoutSeconds), "-s", service],
    ...(osvUrl === undefined ? [] : ["--osv-url", osvUrl]),
    ...subject.args,
  ];
  const network = networkVariables.flatMap((name) => {
    const value = ctx.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const env = { ...Object.fromEntries(network), ...toolEnvironment };
  const { code, stderr } = await runTool(ctx, tool, args, { cwd: ctx.outDir, env });
  const written = await access(output).then(
    () => true,
    () => false,
  );
  if (!written && code !== 0) throw auditBreakage(code, stderr);
  const report = parsePipAudit(await readReport(output, "pip-audit"), code);
  return { report, doubts: [...new Set(stderr.match(/^WARNING:pip_audit\._service\..+$/gm))] };
}

function nothingAudited({ skipped }: AuditReport): Breakage {
  const reasons = [...new Set(skipped.map(({ reason }) => reason))];
  return new Breakage("no-input", {
    message: `no dependency was audited (${skipped.length} were skipped)`,
    ...(reasons.length === 0 ? {} : { why: reasons.slice(0, 3).join("; ") }),
  });
}

function draft(vulnerability: Vulnerability, { places }: AuditSubject): FindingDraft {
  const { name, version, id, aliases, fixVersions, description } = vulnerability;
  const place = places.get(normalizedName(name));
  const also = aliases.length === 0 ? "" : ` (${aliases.join(", ")})`;
  const upgrade =
    fixVersions.length === 0
      ? `There is no fixed version of ${name} yet; replace it, or waive the finding with a date.`
      : `Upgrade ${name} to ${fixVersions.join(" or ")}.`;
  return {
    tool: "pip-audit",
    rule: id,
    ruleUrl: `https://osv.dev/vulnerability/${encodeURIComponent(id)}`,
    level: "error",
    message: `${name} ${version} has the known vulnerability ${id}${also}${description === "" ? "" : `: ${description}`}`,
    ...(place === undefined
      ? {}
      : {
          file: place.file,
          range: { startLine: place.line, startColumn: 1, endLine: place.line, endColumn: 1 },
        }),
    fix: { kind: "text", text: upgrade },
  };
}
