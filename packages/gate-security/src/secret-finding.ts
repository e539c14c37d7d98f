import type { FindingDraft } from "@towpath/kit";
import type { Secret } from "./secret.ts";
import { shortDigest } from "./short-digest.ts";
import { readText } from "./text-files.ts";

/**
 * Turns a secret into a finding that holds neither its value nor its hash.
 * @param tool name of the engine that found it
 * @param real whether the baseline's audit confirmed it
 */
export async function secretFinding(
  root: string,
  { file, line, type, url, hash }: Secret,
  tool: string,
  real: boolean,
): Promise<FindingDraft> {
  const text = (await readText(root, file))?.text.split(/\r\n|\r|\n/)[line - 1] ?? "";
  return {
    tool,
    rule: type.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-"),
    ...(url === undefined ? {} : { ruleUrl: url }),
    level: "error",
    severity: "high",
    message: real ? `A secret, by the baseline's own audit: ${type}` : `Looks like a secret: ${type}`,
    file,
    range: { startLine: line, startColumn: 1, endLine: line, endColumn: [...text].length + 1 },
    fix: {
      kind: "text",
      text: "Remove it and revoke it where it was issued. If it is none, audit it into the baseline of detect-secrets.",
    },
    secretHash: shortDigest(type, file, hash),
  };
}
