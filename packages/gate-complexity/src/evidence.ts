import { Breakage, type Evidence, type Threshold } from "@towpath/core";
import { type FindingDraft, withFingerprints } from "@towpath/kit";
import type { Engine, FileOutcomes, MeasuredFunction } from "./engine.ts";

/** What was measured of a component. */
export interface Measured {
  /** Absolute path of the repository. */
  readonly root: string;
  /** The component's files, relative to the root. */
  readonly files: readonly string[];
  /** May hold files of others too. */
  readonly outcomes: FileOutcomes;
}

/**
 * Makes evidence of what an engine measured: one finding for each function over the limit.
 * @param limit the highest complexity that a function may have
 * @throws {Breakage} `parse` when a file could not be parsed: what it holds is unknown; `mismatch` when a file has no
 * outcome; `no-input` when all files were left out
 */
export async function toEvidence(engine: Engine, measured: Measured, limit: Threshold): Promise<Evidence> {
  const { files, root } = measured;
  const checked = measuredFiles(engine, measured);
  const functions = checked.flatMap(([file, list]) => list.map((one) => ({ ...one, file })));
  const over = functions.filter(({ complexity }) => complexity > limit.threshold);
  const highest = functions.reduce((most, { complexity }) => Math.max(most, complexity), 0);
  const drafts = over.map(({ name, complexity, file, range }): FindingDraft => ({
    tool: engine.info.name,
    rule: engine.rule.id,
    ruleUrl: engine.rule.url,
    level: "error",
    message: `${name} has a cyclomatic complexity of ${complexity}; at most ${limit.threshold} is allowed`,
    file,
    range,
    fix: { kind: "text", text: "Split the function, or replace branches by data." },
  }));
  const left = files.length - checked.length;
  return {
    candidates: files.length,
    checked: checked.length,
    findings: await withFingerprints(root, drafts),
    measurements: [
      { ...limit, value: highest },
      {
        name: "functions over the limit",
        value: over.length,
        unit: "functions",
        operator: "<=",
        threshold: 0,
        source: limit.source,
      },
    ],
    tool: engine.info,
    warnings:
      left === 0
        ? []
        : [`${left} of ${files.length} files were left out by the configuration of ${engine.info.name}`],
    notes:
      engine.info.engine === "c901"
        ? ["measured by ruff's C901; radon counts more and gives higher figures"]
        : [],
    details: { engine: engine.info.engine, functions: functions.length, over: over.length, highest },
  };
}

function measuredFiles(
  engine: Engine,
  { files, outcomes }: Measured,
): readonly (readonly [file: string, functions: readonly MeasuredFunction[]])[] {
  const measured: [string, readonly MeasuredFunction[]][] = [];
  const unparsed: string[] = [];
  for (const file of files) {
    const outcome = outcomes.get(file);
    if (outcome === undefined) {
      throw new Breakage("mismatch", { message: `${engine.info.name} said nothing of ${file}` });
    }
    if (outcome.kind === "measured") measured.push([file, outcome.functions]);
    if (outcome.kind === "unparsed") unparsed.push(`${file}: ${outcome.reason}`);
  }
  if (unparsed.length > 0) {
    throw new Breakage("parse", {
      message: `${engine.info.name} could not parse ${unparsed.length} of ${files.length} files`,
      why: "How complex they are is unknown. radon reads the syntax of the Python that runs it, and UTF-8 without a byte order mark only.",
      where: unparsed,
      fix: [
        "Mend the syntax.",
        "If it is newer than radon's Python: install radon into the component's environment, or set `engine: c901`.",
      ],
    });
  }
  if (measured.length === 0) {
    throw new Breakage("no-input", {
      message: `the configuration of ${engine.info.name} leaves out all ${files.length} files`,
      fix: ["Remove the component from `exclude` of radon."],
    });
  }
  return measured;
}
