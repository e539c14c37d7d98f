import { Breakage } from "@towpath/core";
import { parseXml, unreadable, type XmlElement } from "./xml.ts";

/** One line that can be run. */
export interface CoberturaLine {
  readonly number: number;
  readonly hits: number;
  /** For a line with branches: how many there are, and how many were taken. */
  readonly branches?: { readonly covered: number; readonly valid: number };
}

/** The lines of one file. */
export interface CoberturaFile {
  /** As the producer wrote it, relative to one of the report's `sources`. */
  readonly file: string;
  readonly lines: readonly CoberturaLine[];
}

/** A coverage report in Cobertura's format. */
export interface CoberturaReport {
  /** Folders to which the file names are relative. */
  readonly sources: readonly string[];
  readonly files: readonly CoberturaFile[];
}

/**
 * Reads a coverage report in Cobertura's format, as `coverage xml` writes it. Figures must be counted from the lines:
 * the producer's totals are only held against them.
 * @param what what the text is, for messages
 * @throws {Breakage} `parse` when it is no complete Cobertura document, `mismatch` when a total contradicts the lines
 */
export function readCobertura(xml: string, what = "the Cobertura report"): CoberturaReport {
  const root = parseXml(xml, what);
  if (root.name !== "coverage")
    throw unreadable(xml, `${what} starts with <${root.name}>, not with <coverage>`);
  const count = (text: string | undefined, name: string): number => {
    if (text !== undefined && /^\d{1,15}$/.test(text)) return Number(text);
    throw unreadable(xml, `${what} has no usable ${name}: ${text ?? "missing"}`);
  };
  const files = new Map<string, Map<number, CoberturaLine>>();
  for (const element of below(root, ["packages", "package", "classes", "class"])) {
    const file = element.attributes["filename"];
    if (!file) throw unreadable(xml, `${what} has a class without a file name`);
    const lines = files.get(file) ?? new Map<number, CoberturaLine>();
    files.set(file, lines);
    for (const { attributes } of below(element, ["lines", "line"])) {
      const number = count(attributes["number"], "line number");
      const hits = Math.max(count(attributes["hits"], "hits"), lines.get(number)?.hits ?? 0);
      const branches = branchesOf(attributes["condition-coverage"]);
      lines.set(number, { number, hits, ...(branches && { branches }) });
    }
  }
  const report = {
    sources: below(root, ["sources", "source"]).map(({ text }) => text.trim()),
    files: [...files].map(([file, lines]) => ({ file, lines: [...lines.values()] })),
  };
  const { "lines-valid": valid, "lines-covered": covered } = root.attributes;
  if (valid !== undefined && covered !== undefined) {
    checkTotals(report, count(valid, "lines-valid"), count(covered, "lines-covered"), what);
  }
  return report;
}

function below(element: XmlElement, [name, ...rest]: readonly string[]): XmlElement[] {
  const found = element.children.filter((child) => child.name === name);
  return rest.length === 0 ? found : found.flatMap((child) => below(child, rest));
}

/** `50% (1/2)` */
function branchesOf(text = ""): CoberturaLine["branches"] {
  const [, covered, valid] = /\((\d+)\/(\d+)\)/.exec(text) ?? [];
  return valid === undefined ? undefined : { covered: Number(covered), valid: Number(valid) };
}

/** Some producers count lines of methods twice, so totals only have to agree when they speak of the same lines. */
function checkTotals({ files }: CoberturaReport, valid: number, covered: number, what: string): void {
  const lines = files.flatMap((file) => file.lines);
  const hit = lines.filter(({ hits }) => hits > 0).length;
  if (covered <= valid && valid > 0 === lines.length > 0 && (lines.length !== valid || hit === covered))
    return;
  throw new Breakage("mismatch", {
    message: `${what} says that ${covered} of ${valid} lines are covered, but shows ${hit} of ${lines.length}`,
  });
}
