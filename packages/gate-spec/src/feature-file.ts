import type { Root } from "mdast";
import { featureOf, type GherkinFeature } from "./gherkin-scenarios.ts";
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
): GherkinFeature | undefined {
  if (gherkin === undefined) throw refuseSpec(source.file, "the parser of Gherkin was not loaded");
  try {
    const document = gherkin.parseMarkdown(gherkinLines(source, root).join("\n"));
    const feature = featureOf(document, { source, shift: 0, unnamed: "" });
    // Without `# Feature:` the parser takes the first line for the feature's name, marks and all.
    return feature === undefined ? undefined : { ...feature, name: feature.name.replace(/^#{1,6}\s+/, "") };
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

function isTableRow(line: string): boolean {
  return /^\s*\|/.test(line);
}

function isStep(line: string): boolean {
  return /^\s*[*+-]\s*(?:Given|When|Then|And|But)\b/.test(line);
}

function isExamples(line: string): boolean {
  return /^#{1,6}\s(?:Examples|Scenarios):/.test(line);
}
