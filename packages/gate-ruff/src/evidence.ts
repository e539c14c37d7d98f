import { Breakage, type Evidence, type GateContext, type Threshold } from "@towpath/core";
import { type FindingDraft, withFingerprints } from "@towpath/kit";
import { below } from "./below.ts";
import { type Diagnostic, SYNTAX_ERROR } from "./diagnostics.ts";
import type { RuffRun } from "./run.ts";

/**
 * Makes the evidence of one component from a run that may have seen several.
 * @param files the component's candidates
 * @param threshold how many issues are tolerated; a syntax error never is
 * @throws {Breakage} no-input, when a file of the component could not be read
 */
export async function toEvidence(
  ctx: GateContext,
  files: readonly string[],
  run: RuffRun,
  threshold: Threshold,
): Promise<Evidence> {
  const { source, tests } = ctx.component;
  const isBelow = below([...source, ...tests]);
  // What ruff says without naming a file concerns every component.
  const own = ({ file }: { readonly file: string | undefined }): boolean =>
    file === undefined || isBelow(file);
  const unreadable = run.unreadable.filter(own);
  if (unreadable.length > 0) throw notReadable(unreadable);

  const diagnostics = run.diagnostics.filter(own);
  const tolerated = diagnostics.length <= threshold.threshold;
  const drafts = diagnostics.map((diagnostic) => toDraft(diagnostic, tolerated));
  const skipped = files.filter((file) => !run.checked.has(file));
  return {
    candidates: files.length,
    checked: files.length - skipped.length,
    findings: await withFingerprints(ctx.workspace.root, drafts),
    measurements: [{ ...threshold, value: diagnostics.length }],
    tool: run.tool,
    warnings: [...run.warnings, ...warningsOn(skipped.filter((file) => run.unsupported.has(file)))],
    notes: [...run.notes, ...notesOn(run, files)],
    ...(skipped.length === 0 ? {} : { details: { skipped } }),
  };
}

function notReadable(unreadable: RuffRun["unreadable"]): Breakage {
  const names = unreadable.map(({ file = "a file" }) => file);
  return new Breakage("no-input", {
    message: `ruff could not read ${names.join(", ")}`,
    why: unreadable.map(({ reason }, index) => `${names[index]}: ${reason}`).join("\n"),
    fix: [
      "Correct the component's paths, store the files as UTF-8, or take them out by `extend-exclude` of ruff.",
    ],
    where: unreadable.flatMap(({ file }) => file ?? []),
  });
}

function warningsOn(unsupported: readonly string[]): string[] {
  if (unsupported.length === 0) return [];
  return [`the embedded engine reads .py files only; not checked: ${unsupported.join(", ")}`];
}

function notesOn(run: RuffRun, files: readonly string[]): string[] {
  const notes: string[] = [];
  if (files.some((file) => run.unconfigured.has(file))) {
    notes.push(`no ruff configuration: the default rules of ruff ${run.tool.version} apply`);
  }
  const excluded = files.filter((file) => !run.checked.has(file) && !run.unsupported.has(file));
  if (excluded.length > 0) {
    notes.push(
      `${excluded.length} of ${files.length} files left out by ruff's configuration or ignore files`,
    );
  }
  return notes;
}

function toDraft(diagnostic: Diagnostic, tolerated: boolean): FindingDraft {
  const { rule, message, file, cell, range, url } = diagnostic;
  const fix = toFix(diagnostic);
  return {
    tool: "ruff",
    rule,
    level: tolerated && rule !== SYNTAX_ERROR ? "warning" : "error",
    // Positions in a notebook count inside a cell, so they are words, not a range of the file.
    message:
      cell === undefined ? message : `cell ${cell}${range ? `, line ${range.startLine}` : ""}: ${message}`,
    ...(url === undefined ? {} : { ruleUrl: url }),
    ...(file === undefined ? {} : { file }),
    ...(range === undefined || cell !== undefined ? {} : { range }),
    ...(fix === undefined ? {} : { fix }),
  };
}

function toFix({ fix, cell }: Diagnostic): FindingDraft["fix"] {
  if (fix === undefined) return undefined;
  if (fix.applicability !== "displayonly" && cell === undefined) {
    return { kind: "edit", applicability: fix.applicability, edits: fix.edits };
  }
  return fix.message === undefined ? undefined : { kind: "text", text: fix.message };
}
