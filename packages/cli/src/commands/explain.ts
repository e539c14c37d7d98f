import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { catalogue, targets, TowpathError, type Finding, type RunReport } from "@towpath/core";
import { cleanStrings } from "../clean-strings.ts";
import type { GlobalOptions } from "../global-options.ts";
import { printDocument } from "../print-document.ts";
import { allResults } from "../outcome.ts";
import { findConfig, withProject, type Project } from "../project.ts";
import { markdownReport } from "../reporters/markdown-report.ts";
import { runId, storedRuns } from "../run-folder.ts";
import { dirname } from "node:path";

/** `towpath explain`: a code, a gate, a run or a finding. */
export async function explain(subject: string, options: GlobalOptions): Promise<number> {
  const text = await explanation(subject, options);
  if (!printDocument(options.reporter, "explanation", { subject, text })) process.stdout.write(`${text}\n`);
  return 0;
}

async function explanation(subject: string, options: GlobalOptions): Promise<string> {
  const code = subject.toUpperCase();
  if (Object.hasOwn(catalogue, code)) return explainCode(code as keyof typeof catalogue);
  if (/^TP\d+$/.test(code)) throw new TowpathError("TP1001", { message: `there is no code ${code}` });
  if (runId.test(subject))
    return markdownReport(cleanStrings(await readRun(dirname((await findConfig(options)).path), subject)));
  if (/^[0-9a-f]{6,64}$/.test(subject))
    return explainFinding(subject, dirname((await findConfig(options)).path));
  return withProject(options, async (project) => cleanStrings(explainGate(subject, project)));
}

function explainCode(code: keyof typeof catalogue): string {
  const entry = catalogue[code];
  return [
    `${code}  ${entry.title}`,
    "",
    `why   ${entry.why}`,
    ...entry.fix.map((fix) => `fix   ${fix}`),
  ].join("\n");
}

function explainGate(name: string, { kernel, config }: Project): string {
  const registered = kernel.gates.get(name);
  if (!registered) {
    throw new TowpathError("TP1001", {
      message: `${JSON.stringify(name)} is no code, gate, run or finding`,
      fix: [
        `Gates: ${[...kernel.gates.keys()].join(", ")}`,
        "Codes look like TP3201, runs like 20261122-100000-7f3a.",
      ],
    });
  }
  const { gate, plugin } = registered;
  const settings = config.gates[name] ?? {};
  const thresholds = targets.flatMap((target) =>
    (gate.thresholds?.(target) ?? []).map(
      (t) => `${target.padEnd(10)}  ${t.name} ${t.operator} ${t.threshold} ${t.unit}   ${t.source}`,
    ),
  );
  return [
    `${name}  ${gate.category}, by ${plugin}`,
    `stages      ${gate.stages.join(", ")}`,
    `required    ${settings.required ?? true}`,
    `time limit  ${(settings.timeoutMs ?? gate.timeoutMs ?? 600_000) / 1000} s`,
    `runs the component's code: ${gate.executesCode || (gate.needs ?? []).length > 0 ? "yes" : "no"}`,
    ...thresholds,
    "",
    Object.hasOwn(catalogue, gate.code) ? explainCode(gate.code as keyof typeof catalogue) : gate.code,
  ].join("\n");
}

async function explainFinding(prefix: string, root: string): Promise<string> {
  for (const id of [...(await storedRuns(root))].toReversed()) {
    // A run that was killed, or still runs, has no record.
    const report = await readRun(root, id).catch(() => undefined);
    if (report === undefined) continue;
    for (const result of allResults(report)) {
      const finding = result.findings.find(({ fingerprint }) => fingerprint.startsWith(prefix));
      if (finding) return findingText(cleanStrings(finding), result.gate, id);
    }
  }
  throw new TowpathError("TP6003", { message: `no stored run has a finding ${prefix}` });
}

function findingText(finding: Finding, gate: string, run: string): string {
  const at = finding.range === undefined ? "" : `:${finding.range.startLine}:${finding.range.startColumn}`;
  const fix = finding.fix?.kind === "text" ? [`fix   ${finding.fix.text}`] : [];
  return [
    `${finding.rule}  ${finding.message}`,
    `at    ${finding.file ?? "the component"}${at}`,
    `gate  ${gate}, ${finding.level}, seen last in run ${run}`,
    ...(finding.ruleUrl === undefined ? [] : [`more  ${finding.ruleUrl}`]),
    ...fix,
  ].join("\n");
}

async function readRun(root: string, id: string): Promise<RunReport> {
  const path = join(root, ".towpath", "runs", id, "result.json");
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw new TowpathError("TP6003", { message: `there is no run ${id}`, where: [path], cause });
  });
  const value = parsed(text);
  if (typeof value === "object" && value !== null && "schemaVersion" in value && value.schemaVersion === 1) {
    // Written by `carryOut` of this schema version.
    return value as RunReport;
  }
  throw new TowpathError("TP6003", {
    message: `the record of run ${id} is damaged or has another schema version`,
    where: [path],
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Half a record is none: the caller says so.
    return undefined;
  }
}
