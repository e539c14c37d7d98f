import { Breakage } from "@towpath/core";
import { parseReport } from "@towpath/kit";
import { z } from "zod";

/** A known vulnerability of one dependency. */
export interface Vulnerability {
  readonly name: string;
  readonly version: string;
  /** e.g. `PYSEC-2021-66` */
  readonly id: string;
  readonly aliases: readonly string[];
  /** Versions without it, ascending; empty when there is none yet. */
  readonly fixVersions: readonly string[];
  readonly description: string;
}

/** What a report of pip-audit says. */
export interface AuditReport {
  /** How many dependencies were looked up. */
  readonly audited: number;
  /** Dependencies that were not looked up, and why. */
  readonly skipped: readonly { readonly name: string; readonly reason: string }[];
  readonly vulnerabilities: readonly Vulnerability[];
}

const vulnerability = z.object({
  id: z.string().min(1),
  fix_versions: z.array(z.string()),
  aliases: z.array(z.string()).default([]),
  description: z.string().default(""),
});

const audited = z.object({
  name: z.string().min(1),
  version: z.string().min(1),
  vulns: z.array(vulnerability),
  skip_reason: z.undefined().optional(),
});
const skipped = z.object({
  name: z.string().min(1),
  skip_reason: z.string().min(1),
  vulns: z.undefined().optional(),
});

const schema = z.object({ dependencies: z.array(z.union([audited, skipped])) });

/**
 * Reads a report of `pip-audit -f json` and holds it against the exit code.
 * Format: https://github.com/pypa/pip-audit/blob/main/pip_audit/_format/json.py
 * @param code the exit code, 0 or 1
 * @throws {Breakage} `parse` when it is no such report, `mismatch` when it contradicts the exit code
 */
export function parsePipAudit(text: string, code: number): AuditReport {
  const { dependencies } = parseReport(schema, text, "the report of pip-audit");
  const vulnerabilities = dependencies.flatMap((dependency) =>
    "version" in dependency
      ? dependency.vulns.map(({ id, fix_versions, aliases, description }) => ({
          name: dependency.name,
          version: dependency.version,
          id,
          aliases,
          fixVersions: fix_versions,
          description,
        }))
      : [],
  );
  if ((code === 0) !== (vulnerabilities.length === 0)) {
    throw new Breakage("mismatch", {
      message: `pip-audit ended with exit code ${code}, but its report has ${vulnerabilities.length} vulnerabilities`,
    });
  }
  const unknown = dependencies.flatMap((dependency) =>
    "version" in dependency ? [] : [{ name: dependency.name, reason: dependency.skip_reason }],
  );
  return { audited: dependencies.length - unknown.length, skipped: unknown, vulnerabilities };
}
