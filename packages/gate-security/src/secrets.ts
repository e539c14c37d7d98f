import { posix } from "node:path";
import {
  defineGate,
  type Gate,
  type GateContext,
  type Evidence,
  isBreakage,
  type Threshold,
} from "@towpath/core";
import { findTool, type Tool, type ToolRequest, withFingerprints } from "@towpath/kit";
import { type Baseline, readBaseline } from "./baseline.ts";
import { scanWithDetectSecrets } from "./detect-secrets.ts";
import type { SecretsOptions } from "./options.ts";
import { secretFinding } from "./secret-finding.ts";
import { scanWithSecretlint, secretlintInfo, secretlintVersions } from "./secretlint.ts";
import { textFiles } from "./text-files.ts";

/**
 * The gate `secrets`: no string in source, tests or specification looks like a credential, save those that the audited
 * baseline knows.
 * @param source where the option was set, for the threshold
 */
export function secretsGate(options: SecretsOptions, source: string): Gate {
  const threshold: Threshold = { name: "secrets", unit: "secrets", operator: "<=", threshold: 0, source };
  return defineGate({
    name: "secrets",
    category: "security",
    code: "TP3401",
    stages: ["refactoring", "staging"],
    executesCode: false,
    cost: "heavy",
    timeoutMs: 15 * 60_000,
    configFiles: [posix.basename(options.baseline ?? ".secrets.baseline")],
    thresholds: () => [threshold],
    probe: async (ctx) => (await findDetectSecrets(ctx, options))?.info ?? secretlintInfo(),
    environment: async () => {
      const { engine } = options;
      const program = { ...detectSecretsRequest(options), packages: true, optional: engine === "auto" };
      return {
        tools: engine === "secretlint" ? [] : [program],
        // It need not lie above the component, where the configuration files of a gate are looked for.
        files: options.baseline === undefined ? [] : [options.baseline],
        values: engine === "detect-secrets" ? {} : await secretlintVersions(),
      };
    },
    check: (ctx) => checkSecrets(ctx, options, threshold),
  });
}

async function checkSecrets(
  ctx: GateContext,
  options: SecretsOptions,
  threshold: Threshold,
): Promise<Evidence> {
  const { root } = ctx.workspace;
  const baseline = await readBaseline(root, options.baseline);
  const files = await textFiles(ctx, baseline?.path);
  const tool = await findDetectSecrets(ctx, options);
  const scan = tool
    ? await scanWithDetectSecrets(ctx, tool, files, baseline)
    : await scanWithSecretlint(ctx, files);
  await baseline?.assertUnchanged();

  const audited = scan.secrets.map((secret) => ({
    secret,
    audit: tool ? baseline?.audit(secret) : baseline?.auditValue(secret.file, secret.hash),
  }));
  const blocking = audited.filter(({ audit }) => audit === undefined || audit === "real");
  const unaudited = audited.filter(({ audit }) => audit === "unaudited").length;
  const findings = await Promise.all(
    blocking.map(({ secret, audit }) => secretFinding(root, secret, scan.tool.name, audit === "real")),
  );
  return {
    candidates: files.length,
    checked: scan.checked,
    findings: await withFingerprints(root, findings),
    measurements: [{ ...threshold, value: blocking.length }],
    tool: scan.tool,
    warnings: [...scan.warnings, ...fidelity(options, tool)],
    notes: [...scan.notes, ...known(baseline, audited.length - blocking.length, unaudited)],
  };
}

/** @returns undefined when secretlint is to be used */
async function findDetectSecrets(ctx: GateContext, options: SecretsOptions): Promise<Tool | undefined> {
  if (options.engine === "secretlint") return undefined;
  try {
    return await findTool(ctx, detectSecretsRequest(options));
  } catch (error) {
    const absent = isBreakage(error) && (error.kind === "tool-missing" || error.kind === "untrusted");
    if (absent && options.engine === "auto" && options.command === undefined) return undefined;
    throw error;
  }
}

function detectSecretsRequest({ command }: SecretsOptions): ToolRequest {
  return {
    name: "detect-secrets",
    module: "detect_secrets",
    ...(command === undefined ? {} : { command }),
    install: "pip install detect-secrets",
    versions: { min: "1.4.0", below: "2" },
  };
}

function fidelity(options: SecretsOptions, tool: Tool | undefined): readonly string[] {
  if (tool !== undefined || options.engine === "secretlint") return [];
  return ["detect-secrets was not found; secretlint was used, which knows credentials of providers only"];
}

function known(baseline: Baseline | undefined, count: number, unaudited: number): readonly string[] {
  if (baseline === undefined) return [];
  return [
    `${baseline.path} knows ${count} of the strings that were found; ${unaudited} of them are not audited`,
  ];
}
