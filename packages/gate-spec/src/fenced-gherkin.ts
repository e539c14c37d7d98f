import type { Code, RootContent } from "mdast";
import { gherkinRules } from "./gherkin-scenarios.ts";
import type { Gherkin } from "./gherkin.ts";
import { scenarioDraft } from "./markdown-scenarios.ts";
import { everySection, isWithdrawn, type OutlineSection } from "./outline.ts";
import type { ScenarioDraft } from "./scenario-draft.ts";
import { scenarioName } from "./scenario-title.ts";
import { placeOfLine, type Source } from "./source.ts";
import { writtenSteps } from "./steps.ts";

/** Whether a fenced block says that it is Gherkin. */
export function isGherkin({ lang }: Code): boolean {
  return /^(?:gherkin|cucumber|feature)$/i.test(lang ?? "");
}

/**
 * The scenarios in fenced blocks of Gherkin, also in blocks that begin with `Scenario:` or with a step. A block that is
 * no valid Gherkin is read for its steps alone, as one scenario, and so is each when there is no parser.
 */
export function fencedScenarios(
  source: Source,
  top: OutlineSection,
  gherkin: Gherkin | undefined,
): readonly ScenarioDraft[] {
  const sections = [...everySection(top)].filter((section) => !isWithdrawn(section));
  return sections.flatMap((section) =>
    section.blocks
      .flatMap((block) => [...codeIn(block)])
      .flatMap((code) => {
        if (!isGherkin(code) || code.position === undefined) return [];
        const first = code.position.start.line + 1;
        return (
          (gherkin === undefined ? undefined : parsed(source, section, code, first, gherkin)) ??
          loose(source, section, code, first)
        );
      }),
  );
}

function* codeIn(block: RootContent): Generator<Code> {
  if (block.type === "code") yield block;
  else if (block.type === "list" || block.type === "listItem")
    for (const child of block.children) yield* codeIn(child);
}

function parsed(
  source: Source,
  section: OutlineSection,
  code: Code,
  first: number,
  gherkin: Gherkin,
): readonly ScenarioDraft[] | undefined {
  const language = /^\s*#\s*language\s*:\s*([\w-]{2,20})/.exec(code.value)?.[1];
  const words = gherkin.words(language ?? "en");
  if (words === undefined) return undefined;
  const head = language === undefined ? "" : `# language: ${language}\n`;
  const wrappings = ["", `${head}${words.feature}: -\n`, `${head}${words.feature}: -\n${words.scenario}:\n`];
  const unnamed = scenarioName(section.title.slice(0, 300));
  const above = scenarioDraft(source, section, "", [], placeOfLine(source, first));
  for (const wrapping of wrappings) {
    const document = attempt(gherkin, wrapping + code.value);
    const shift = first - wrapping.split("\n").length;
    const rules = document === undefined ? [] : gherkinRules(document, { source, shift, unnamed });
    const drafts = rules.flatMap(({ scenarios }) => scenarios).filter(({ steps }) => steps.length > 0);
    // Below `Feature:` steps without a scenario are taken for its description.
    if (drafts.length === 0) continue;
    return drafts.map((draft) => ({
      ...draft,
      at: placeOfLine(source, Math.max(draft.at.line, first)),
      tags: [...new Set([...draft.tags, ...above.tags])],
      mentions: [...new Set([...draft.mentions, ...above.mentions])],
    }));
  }
  return undefined;
}

function attempt(gherkin: Gherkin, text: string): ReturnType<Gherkin["parse"]> | undefined {
  try {
    return gherkin.parse(text);
  } catch (error) {
    // Whatever else goes wrong, such as the end of the time, is not for here.
    if (error instanceof Error && "errors" in error) return undefined;
    throw error;
  }
}

function loose(source: Source, section: OutlineSection, code: Code, first: number): readonly ScenarioDraft[] {
  const position = { start: { line: first, column: 1 }, end: { line: first, column: 1 } };
  const { steps } = writtenSteps([{ type: "text", value: code.value, position }]);
  if (steps.length === 0) return [];
  const title = /^\s*scenario(?: outline| template)?:(.*)$/im.exec(code.value)?.[1]?.trim() ?? "";
  const name = title === "" ? scenarioName(section.title.slice(0, 300)) : title;
  return [scenarioDraft(source, section, name, steps, placeOfLine(source, first))];
}
