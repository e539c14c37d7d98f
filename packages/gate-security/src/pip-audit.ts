import { join } from "node:path";
import type { GateContext } from "@towpath/core";
import { readReport, runTool, type Tool } from "@towpath/kit";
import { auditBreakage } from "./audit-breakage.ts";
import type { AuditSubject } from "./audit-subject.ts";
import type { DependenciesOptions } from "./options.ts";
import { type AuditReport, parsePipAudit } from "./parse-pip-audit.ts";
import { pathExists } from "./path-exists.ts";
import { toolEnvironment } from "./tool-environment.ts";

/** Companies reach the service through a proxy and with certificates of their own. */
const networkVariables = [
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "NO_PROXY",
  "http_proxy",
  "https_proxy",
  "no_proxy",
  "REQUESTS_CA_BUNDLE",
  "SSL_CERT_FILE",
];

/**
 * Runs pip-audit, in the run's folder: it starts `python -m pip`, which would import a `pip.py` of the checked tree.
 * Whether the report exists decides whether there was an audit: the exit code is 1 for vulnerabilities and for every
 * failure alike.
 * @returns the report, and answers of the service that pip-audit passed over
 */
export async function runPipAudit(
  ctx: GateContext,
  tool: Tool,
  subject: AuditSubject,
  { service, osvUrl, timeoutSeconds }: DependenciesOptions,
): Promise<{ readonly report: AuditReport; readonly doubts: readonly string[] }> {
  const output = join(ctx.outDir, "pip-audit.json");
  const flags = {
    "-f": "json",
    "-o": output,
    "-s": service,
    "--cache-dir": join(ctx.outDir, "pip-audit-cache"),
    "--progress-spinner": "off",
    "--timeout": String(timeoutSeconds),
    ...(osvUrl === undefined ? {} : { "--osv-url": osvUrl }),
  };
  const args = [...Object.entries(flags).flat(), ...subject.args];
  const env = { ...networkEnvironment(ctx.env), ...toolEnvironment };
  const { code, stderr } = await runTool(ctx, tool, args, { cwd: ctx.outDir, env });
  const ended = code === 0 || (code === 1 && (await pathExists(output)));
  if (!ended) throw auditBreakage(code, stderr);
  const report = parsePipAudit(await readReport(output, "pip-audit"), code);
  return { report, doubts: [...new Set(stderr.match(/^WARNING:pip_audit\._service\..+$/gm) ?? [])] };
}

function networkEnvironment(env: GateContext["env"]): Readonly<Record<string, string>> {
  const given: Record<string, string> = {};
  for (const name of networkVariables) {
    const value = env[name];
    if (value !== undefined) given[name] = value;
  }
  return given;
}
