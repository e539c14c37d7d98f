import { Breakage, type Evidence, type Level, type Threshold } from "@towpath/core";
import { type FindingDraft, withFingerprints } from "@towpath/kit";
import type { Answer, LocatedDiagnostic } from "./ask.ts";
import type { Diagnostic } from "./parse.ts";
import { refuseMissing } from "./refuse-missing.ts";
import { SourceText } from "./source-text.ts";
import type { Subject } from "./subject.ts";

/** What the policy allows. */
export interface Limits {
  readonly errors: Threshold;
  /** Absent when warnings are only shown. */
  readonly warnings?: Threshold;
}

const ruleUrl = "https://github.com/microsoft/pyright/blob/main/docs/configuration.md";

/**
 * Makes evidence of what pyright said.
 * @throws {Breakage} `no-input` when no file was analysed, `environment` when a dependency is not installed
 */
export async function toEvidence(subject: Subject, answer: Answer, limits: Limits): Promise<Evidence> {
  const { ctx, files, python, tool } = subject;
  if (answer.checked === 0) throw nothingAnalysed(subject);
  const sources = new SourceText(ctx.workspace.root);
  await refuseMissing(subject, answer.diagnostics, sources);

  const amount = (severity: Diagnostic["severity"]): number =>
    answer.diagnostics.filter((one) => one.severity === severity).length;
  const counts = { errors: amount("error"), warnings: amount("warning"), information: amount("information") };
  const levels: Record<Diagnostic["severity"], Level> = {
    error: counts.errors <= limits.errors.threshold ? "warning" : "error",
    warning: limits.warnings === undefined ? "warning" : "error",
    information: "note",
  };
  const toDraft = async ({
    path,
    severity,
    message,
    range,
    rule,
  }: LocatedDiagnostic): Promise<FindingDraft> => ({
    tool: "pyright",
    rule: rule ?? "syntax",
    ...(rule !== undefined && { ruleUrl: `${ruleUrl}#${rule}` }),
    level: levels[severity],
    message,
    file: path,
    range: await sources.range(path, range),
  });
  const left = files.length - answer.checked;
  return {
    candidates: files.length,
    checked: answer.checked,
    findings: await withFingerprints(ctx.workspace.root, await Promise.all(answer.diagnostics.map(toDraft))),
    measurements: [
      { ...limits.errors, value: counts.errors },
      ...(limits.warnings === undefined ? [] : [{ ...limits.warnings, value: counts.warnings }]),
    ],
    tool: tool.info,
    warnings: [
      ...answer.complaints,
      ...(left === 0 ? [] : [`pyright's configuration leaves out ${left} of ${files.length} files`]),
    ],
    notes: [`imports were resolved by Python ${python.info.version}: ${python.command}`],
    details: counts,
  };
}

function nothingAnalysed({ files, config }: Subject): Breakage {
  return new Breakage("no-input", {
    message: `pyright analysed none of ${files.length} files`,
    why: "Its configuration leaves them out, or they lie in a folder that it always leaves out.",
    ...(config !== undefined && { where: [config] }),
    fix: ["Correct `exclude` in pyright's configuration."],
  });
}
