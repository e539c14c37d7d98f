import type { Root } from "mdast";
import { gherkinRules, type GherkinRule } from "./gherkin-scenarios.ts";
import type { Gherkin } from "./gherkin.ts";
import { refuseSpec } from "./refuse-spec.ts";
import type { Source } from "./source.ts";

/**
 * Reads a file of Markdown with Gherkin.
 * @throws {Breakage} `no-input` when the parser refuses it, or there is no parser
 */
export function readFeature(
  source: Source,
  root: Root,
  gherkin: Gherkin | undefined,
): readonly GherkinRule[] {
  if (gherkin === undefined) throw refuseSpec(source.file, "the parser of Gherkin was not loaded");
  try {
    const lines = gherkinLines(source, root);
    const shift = firstLine(lines);
    const document = gherkin.parseMarkdown(lines.slice(shift).join("\n"));
    return gherkinRules(document, { source, shift, unnamed: "" });
  } catch (error) {
    if (!(error instanceof Error && "errors" in error && Array.isArray(error.errors))) throw error;
    const [first] = error.errors as readonly unknown[];
    const reason = first instanceof Error ? first.message : error.message;
    throw refuseSpec(source.file, `it is no valid Markdown with Gherkin: ${reason}`, error);
  }
}

/**
 * The lines of a file with those emptied that the parser would take for what they are not: front matter (whose first
 * line it would call the feature), comments, fenced code that belongs to no step, and tables of the running text (which
 * it would add to the step or examples above).
 */
function gherkinLines(source: Source, root: Root): readonly string[] {
  const lines = [...source.lines];
  root.children.forEach((node, index, nodes) => {
    const isAside =
      node.type === "yaml" ||
      node.type === "html" ||
      (node.type === "code" && nodes[index - 1]?.type !== "list");
    if (!isAside || node.position === undefined) return;
    // Four blanks make code for Markdown, but a table or a tag for Gherkin.
    if (node.type === "code" && !/^\s{0,3}(?:```|~~~)/.test(lines[node.position.start.line - 1] ?? ""))
      return;
    for (let line = node.position.start.line; line <= node.position.end.line; line++) lines[line - 1] = "";
  });
  // A description may stand between `Examples:` and its table.
  let table: "none" | "first" | "next" = "none";
  let fence = "";
  return lines.map((line) => {
    const mark = /^\s*(`{3,})/.exec(line)?.[1] ?? "";
    if (fence !== "") {
      if (line.trim() === fence) fence = "";
      return line;
    }
    if (mark !== "") fence = mark;
    else if (isTableRow(line)) {
      if (table === "none") return "";
      table = "next";
    } else if (isExamples(line)) table = "first";
    else if (isStep(line)) table = "next";
    else if (line.trim() !== "" && table === "next") table = "none";
    return line;
  });
}

/** Number of lines above the feature and its tags: the parser takes whatever line comes first for the feature's name. */
function firstLine(lines: readonly string[]): number {
  let at = lines.findIndex((line) => /^#{1,6}\s(?:Feature|Business Need|Ability):/.test(line));
  if (at < 0)
    return Math.max(
      0,
      lines.findIndex((line) => line.trim() !== ""),
    );
  while (at > 0 && /^\s*(?:`@.*)?$/.test(lines[at - 1] ?? "")) at--;
  while (lines[at]?.trim() === "") at++;
  return at;
}

function isTableRow(line: string): boolean {
  return /^\s*\|/.test(line);
}

function isStep(line: string): boolean {
  return /^\s*[*+-]\s*(?:Given|When|Then|And|But)\b/.test(line);
}

function isExamples(line: string): boolean {
  return /^#{1,6}\s(?:Examples|Scenarios):/.test(line);
}
