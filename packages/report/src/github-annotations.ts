import type { RunReport } from "@towpath/core";
import { problemsOf, type Problem } from "./problems.ts";

/** GitHub shows so many annotations of each kind per step, and drops the rest without a word. */
const mostPerKind = 10;
const longestMessage = 4_000;

/** Which lines a change touched: line numbers by path, relative to the repository root. */
export type ChangedLines = ReadonlyMap<string, ReadonlySet<number>>;

/** How annotations are chosen. */
export interface AnnotationOptions {
  /** Lines whose problems come first among equally bad ones. @default none */
  readonly changed?: ChangedLines;
  /** Most errors and most warnings. @default 10 */
  readonly max?: number;
}

/**
 * Workflow commands that annotate the worst problems: at most ten errors and ten warnings, as GitHub shows no more, then
 * one notice that counts the rest. What is waived is not annotated.
 * @returns lines without line breaks
 * @example githubAnnotations(report, { changed })
 */
export function githubAnnotations(report: RunReport, options: AnnotationOptions = {}): readonly string[] {
  const { changed = new Map(), max = mostPerKind } = options;
  const most = Math.max(0, Math.min(max, mostPerKind));
  const problems = unlike(problemsOf(report).filter(({ waived }) => waived === undefined)).filter(
    ({ level }) => level !== "note",
  );
  const ordered = problems.toSorted((a, b) => Number(touches(b, changed)) - Number(touches(a, changed)));
  const shown = ["error", "warning"].flatMap((level) =>
    ordered.filter((problem) => problem.level === level).slice(0, most),
  );
  const left = problems.length - shown.length;
  const rest = left > 0 ? [command("notice", { title: "Towpath" }, `${left} more in the summary`)] : [];
  return [...shown.map(annotation), ...rest];
}

/**
 * A workflow command. Whatever the text holds, it is one command.
 * @example command("error", { file: "a.py", line: 1 }, "50 % off\n") // "::error file=a.py,line=1::50 %25 off%0A"
 */
export function command(
  name: string,
  properties: Readonly<Record<string, string | number | undefined>>,
  text: string,
): string {
  const pairs = Object.entries(properties).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}=${property(String(value))}`],
  );
  return `::${name}${pairs.length === 0 ? "" : ` ${pairs.join(",")}`}::${data(text)}`;
}

/** Of problems that read the same at the same place, one. */
function unlike(problems: readonly Problem[]): readonly Problem[] {
  const seen = new Map(
    problems.map((problem) => {
      const { rule, message, place } = problem;
      return [JSON.stringify([rule, message, place.file, place.range?.startLine]), problem] as const;
    }),
  );
  return [...seen.values()];
}

function touches({ place, located }: Problem, changed: ChangedLines): boolean {
  const lines = located ? changed.get(place.file) : undefined;
  if (lines === undefined) return false;
  return place.range === undefined || lines.has(place.range.startLine);
}

function annotation({ level, gate, rule, message, place, component }: Problem): string {
  const { file, range } = place;
  const oneLine = range !== undefined && range.startLine === range.endLine;
  const properties = {
    file,
    line: range?.startLine,
    endLine: oneLine ? range.endLine : undefined,
    col: oneLine ? range.startColumn : undefined,
    endColumn: oneLine && range.endColumn > range.startColumn ? range.endColumn - 1 : undefined,
    title: `${gate} (${component}): ${rule}`.slice(0, 200),
  };
  const text = message.length > longestMessage ? `${message.slice(0, longestMessage)} …` : message;
  return command(level, properties, text === "" ? rule : text);
}

function data(text: string): string {
  return text
    .toWellFormed()
    .replaceAll("%", "%25")
    .replaceAll("\r", "%0D")
    .replaceAll("\n", "%0A")
    .replaceAll(/[\u0085\u2028\u2029\v\f]/g, " ");
}

function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
