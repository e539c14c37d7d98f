import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import {
  catalogue,
  holds,
  type Finding,
  type GateResult,
  type RunReport,
  type Threshold,
} from "@towpath/core";
import { sanitize, toRepoPath } from "@towpath/kit";
import { mark, type Paint } from "../terminal.ts";
import { hanging } from "./hanging.ts";

/** Findings shown per gate without `-v`. */
const shownFindings = 10;

/** How a block is drawn. */
export interface BlockOptions {
  readonly paint: Paint;
  readonly verbose: boolean;
  /** Absolute repository root. */
  readonly root: string;
  /** Lines with secrets, as `file:line`; their text is never shown. */
  readonly secretLines: ReadonlySet<string>;
}

/** The lines in which the secrets gate found something. */
export function secretLines(results: readonly GateResult[]): ReadonlySet<string> {
  const findings = results.filter((result) => result.code === "TP3401").flatMap((result) => result.findings);
  return new Set(findings.map((finding) => `${finding.file}:${finding.range?.startLine}`));
}

/** What happened, why, where and how to mend it; `undefined` for a gate about which there is nothing to say. */
export async function resultBlock(
  result: GateResult,
  report: RunReport,
  options: BlockOptions,
): Promise<string | undefined> {
  const { paint } = options;
  const quietVerdict = result.verdict === "passed" || result.verdict === "skipped";
  if (quietVerdict && !options.verbose) return undefined;
  const many = report.plan.components.length > 1 ? ` (${result.component})` : "";
  const code = result.code === undefined ? "" : `  ${paint("dim", result.code)}`;
  const head = `${mark(result.verdict, paint)} ${paint("bold", result.gate)}${many}   ${headline(result)}${code}`;
  const lines = [
    head,
    ...whyLines(result, paint),
    ...(await findingLines(result, options)),
    ...fixLines(result, report, paint),
  ];
  return lines.map(hanging).join("\n");
}

function headline(result: GateResult): string {
  if (result.waiting !== undefined) return `waits for ${result.waiting.for}`;
  if (result.verdict === "errored") return `could not decide: ${result.error?.message ?? ""}`;
  if (result.reason !== undefined) return `${result.verdict}: ${result.reason}`;
  const shown = result.measurements.find((measurement) => !holds(measurement)) ?? result.measurements[0];
  return shown === undefined
    ? result.verdict
    : `${shown.name}: ${amount(shown.value, shown.unit)}, ${bound(shown)}`;
}

function bound({ operator, threshold, unit }: Threshold): string {
  const words = { "<=": "at most", ">=": "at least", "==": "exactly" };
  return `${words[operator]} ${amount(threshold, unit)}`;
}

function amount(value: number, unit: string): string {
  return `${Math.round(value * 100) / 100}${unit === "%" ? " %" : ""}`;
}

function whyLines(result: GateResult, paint: Paint): readonly string[] {
  const label = paint("dim", "  why   ");
  if (result.error !== undefined) {
    const where = result.error.where.map((at) => `${paint("dim", "  at    ")}${at}`);
    return [`${label}${result.error.why}`, ...where];
  }
  // Figures that are still growing break no rule.
  if (result.waiting !== undefined) return [];
  const required = result.required ? `${result.target} requires` : "measured, not required:";
  const rules = result.measurements
    .filter((measurement) => !holds(measurement))
    .map((m) => `${label}${required} ${m.name}: ${bound(m)}   ${paint("dim", m.source)}`);
  return [...rules, ...result.warnings.map((warning) => `${label}${warning}`)];
}

async function findingLines(result: GateResult, options: BlockOptions): Promise<readonly string[]> {
  const important = result.findings.filter((finding) => finding.level !== "note");
  const findings = important.length > 0 ? important : result.findings;
  const shown = options.verbose ? findings : findings.slice(0, shownFindings);
  const lines: string[] = [];
  for (const [index, finding] of shown.entries()) {
    lines.push(
      `  ${place(finding)}${options.paint("cyan", finding.rule)}  ${finding.message.split("\n", 1)[0] ?? ""}`,
    );
    if (index === 0 && finding.fix?.kind === "text")
      lines.push(`${options.paint("dim", "        ")}${finding.fix.text}`);
    if (index === 0) lines.push(...(await frame(finding, options)));
  }
  const left = findings.length - shown.length;
  return left > 0 ? [...lines, options.paint("dim", `  and ${left} more: -v shows all`)] : lines;
}

/** The line of the first finding, marked, with one line before it. */
async function frame(
  finding: Finding,
  { root, paint, secretLines: hidden }: BlockOptions,
): Promise<readonly string[]> {
  const { file, range } = finding;
  if (file === undefined || range === undefined || hidden.has(`${file}:${range.startLine}`)) return [];
  const text = await sourceText(root, file);
  const rows = text
    ?.split("\n")
    .map((line, index) =>
      hidden.has(`${file}:${index + 1}`) ? "(a secret stands in this line)" : sanitize(line),
    );
  const { startLine, startColumn, endLine, endColumn } = range;
  const row = rows?.[startLine - 1];
  if (row === undefined || row.length > 200) return [];
  const width = String(startLine).length;
  const before = rows?.[startLine - 2];
  const length = endLine === startLine ? Math.max(1, endColumn - startColumn) : 1;
  return [
    ...(before === undefined || before.length > 200
      ? []
      : [paint("dim", `    ${String(startLine - 1).padStart(width)} │ ${before}`)]),
    `  ${paint("red", "❯")} ${startLine} │ ${row}`,
    paint(
      "red",
      `    ${" ".repeat(width)} │ ${" ".repeat(Math.max(0, startColumn - 1))}${"━".repeat(Math.min(length, 80))}`,
    ),
  ];
}

/** Larger files are not shown, in bytes. */
const largestSource = 4 * 1024 * 1024;

/**
 * The text of a file that a tool names; nothing where it cannot be read, as the line is only there to help. A tool may
 * have been led to name anything, so what lies outside the repository, also by a link, is not shown.
 */
async function sourceText(root: string, file: string): Promise<string | undefined> {
  try {
    const path = join(root, toRepoPath(root, file));
    const found = await stat(path);
    return found.isFile() && found.size <= largestSource ? await readFile(path, "utf8") : undefined;
  } catch {
    return undefined;
  }
}

function place(finding: Finding): string {
  if (finding.file === undefined) return "";
  const at = finding.range === undefined ? "" : `:${finding.range.startLine}:${finding.range.startColumn}`;
  return `${finding.file}${at}  `;
}

function fixLines(result: GateResult, report: RunReport, paint: Paint): readonly string[] {
  const label = paint("dim", "  fix   ");
  if (result.error !== undefined) return result.error.fix.map((fix) => `${label}${fix}`);
  if (result.verdict !== "failed") return [];
  const entry = Object.hasOwn(catalogue, result.code ?? "")
    ? catalogue[result.code as keyof typeof catalogue]
    : undefined;
  const fixable = result.findings.some(
    (finding) => finding.fix?.kind === "edit" && finding.fix.applicability === "safe",
  );
  const command = `towpath check ${result.gate} --component ${result.component}`;
  const fixes = fixable ? [`${command} --fix`] : (entry?.fix ?? []).filter((fix) => !fix.endsWith("--fix"));
  const more = result.code === undefined ? [] : [`${paint("dim", "  more  ")}towpath explain ${result.code}`];
  return report.plan.kind === "check" || fixes.length > 0
    ? [...fixes.map((fix) => `${label}${fix}`), ...more]
    : [`${label}mend the findings, then: ${command}`, ...more];
}
