import { catalogue, targets, TowpathError, type Finding, type Journal } from "@towpath/core";
import { cleanStrings } from "../clean-strings.ts";
import { findConfig } from "../find-config.ts";
import type { GlobalOptions } from "../global-options.ts";
import { printDocument } from "../print-document.ts";
import { allResults, markdownReport } from "@towpath/report";
import { readJournal } from "../open-journal.ts";
import { withProject, type Project } from "../project.ts";
import { readRun } from "../read-run.ts";
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
  return withProject(options, async (project) => {
    const gate = explainGate(subject, project);
    const names = Object.keys(project.config.components);
    const last = await readJournal(options, (journal) =>
      names.flatMap((name) => lastResult(journal, name, subject)),
    );
    return cleanStrings([gate, ...last].join("\n"));
  });
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

/** When a gate was measured last, why it was not reused then, and whether it would be now. */
function lastResult(journal: Journal, component: string, gate: string): readonly string[] {
  const found = journal.latest(component, gate);
  if (found === undefined) return ["", `last        never measured for ${component}`];
  const { verdict, startedAt, because } = found.result;
  const reusable = verdict === "passed" || verdict === "warned";
  return [
    "",
    `last        ${verdict} for ${component} in run ${found.run}, ${startedAt}`,
    ...(because === undefined ? [] : [`it ran      because ${because}`]),
    reusable
      ? "next        reused while the tree, the configuration, the policy and the tools stay the same"
      : "next        measured again: only what passed is reused",
  ];
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
