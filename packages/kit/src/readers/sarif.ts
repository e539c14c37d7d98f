import { fileURLToPath } from "node:url";
import type { Level, Range } from "@towpath/core";
import { codePointColumn } from "../columns.ts";
import { parseReport } from "../json.ts";
import { sarifLog, type SarifLocation, type SarifLogResult, type SarifLogRun } from "./sarif-schema.ts";

/** One result of a SARIF log. */
export interface SarifResult {
  readonly rule: string;
  readonly ruleUrl?: string;
  /** `none` where the result is no problem: a pass, or something for review. */
  readonly level: Level | "none";
  readonly message: string;
  /** Path as the producer wrote it, absolute or relative. */
  readonly file?: string;
  /** 1-based, columns in code points, end exclusive. */
  readonly range?: Range;
  /** Whether the producer says that somebody accepted it. */
  readonly suppressed: boolean;
}

/** One run of one tool. */
export interface SarifRun {
  readonly tool: { readonly name: string; readonly version: string };
  readonly results: readonly SarifResult[];
  /** What the tool says of itself; undefined when it says nothing. */
  readonly succeeded: boolean | undefined;
  /** What the tool says went wrong. */
  readonly errors: readonly string[];
}

/** How a SARIF log is read. */
export interface ReadSarifOptions {
  /** What the text is, for messages. @default "the SARIF report" */
  readonly what?: string;
  /** The text of a line (1-based), by which columns in UTF-16 units are converted. @default they stay as they are */
  readonly lineOf?: (file: string, line: number) => string | undefined;
}

/**
 * Reads a SARIF 2.1.0 log.
 * @returns its runs; a log always has one or more
 * @throws {Breakage} `parse` when it is no SARIF, or a run holds no list of results
 */
export function readSarif(text: string, options: ReadSarifOptions = {}): readonly SarifRun[] {
  const { what = "the SARIF report", lineOf = () => undefined } = options;
  return parseReport(sarifLog, text, what).runs.map((run) => {
    const { driver } = run.tool;
    const invocations = run.invocations ?? [];
    const notifications = invocations.flatMap((invocation) => [
      ...(invocation.toolExecutionNotifications ?? []),
      ...(invocation.toolConfigurationNotifications ?? []),
    ]);
    return {
      tool: { name: driver.name, version: driver.semanticVersion ?? driver.version ?? "unknown" },
      results: run.results.map((result) => resultOf(run, result, lineOf)),
      succeeded: invocations.length === 0 ? undefined : invocations.every((one) => one.executionSuccessful),
      errors: notifications.filter(({ level }) => level === "error").map(({ message }) => message.text ?? ""),
    };
  });
}

type LineOf = NonNullable<ReadSarifOptions["lineOf"]>;

function resultOf(run: SarifLogRun, result: SarifLogResult, lineOf: LineOf): SarifResult {
  const id = result.ruleId ?? result.rule?.id;
  const rules = run.tool.driver.rules ?? [];
  const rule = rules[result.ruleIndex ?? result.rule?.index ?? -1] ?? rules.find((one) => one.id === id);
  const location = result.locations?.[0]?.physicalLocation;
  const file = location && fileOf(run, location);
  const range =
    location && rangeOf(run, location, (line) => (file === undefined ? undefined : lineOf(file, line)));
  const problem = (result.kind ?? "fail") === "fail";
  return {
    rule: id ?? rule?.id ?? "unknown",
    ...(rule?.helpUri !== undefined && { ruleUrl: rule.helpUri }),
    level: problem ? (result.level ?? rule?.defaultConfiguration?.level ?? "warning") : "none",
    message: result.message.text ?? result.message.markdown ?? result.message.id ?? "",
    ...(file !== undefined && { file }),
    ...(range !== undefined && { range }),
    suppressed: (result.suppressions ?? []).some(({ status = "accepted" }) => status === "accepted"),
  };
}

function fileOf(run: SarifLogRun, { artifactLocation }: SarifLocation): string | undefined {
  const location =
    artifactLocation?.uri === undefined
      ? run.artifacts?.[artifactLocation?.index ?? -1]?.location
      : artifactLocation;
  if (location?.uri === undefined) return undefined;
  const base = run.originalUriBaseIds?.[location.uriBaseId ?? ""]?.uri ?? "";
  return pathOf(URL.canParse(location.uri) ? location.uri : base + location.uri);
}

function pathOf(uri: string): string | undefined {
  try {
    if (!URL.canParse(uri)) return decodeURIComponent(uri);
    return uri.startsWith("file:") ? fileURLToPath(uri) : undefined;
  } catch {
    return undefined;
  }
}

function rangeOf(
  run: SarifLogRun,
  { region }: SarifLocation,
  lineOf: (line: number) => string | undefined,
): Range | undefined {
  if (region?.startLine === undefined) return undefined;
  const { startLine, startColumn = 1, endLine = startLine, endColumn } = region;
  const convert = (line: number, column: number): number =>
    run.columnKind === "utf16CodeUnits" ? codePointColumn(lineOf(line) ?? "", column) : column;
  const start = { startLine, startColumn: convert(startLine, startColumn) };
  // Without an end the region goes to the end of its line.
  if (endColumn === undefined) return { ...start, endLine: endLine + 1, endColumn: 1 };
  return { ...start, endLine, endColumn: convert(endLine, endColumn) };
}
