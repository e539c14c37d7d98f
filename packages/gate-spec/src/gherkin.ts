import type { GherkinDocument } from "@cucumber/messages";

/** The parser of Gherkin, loaded. */
export interface Gherkin {
  /** Parses Gherkin. @throws an error of the parser */
  parse(text: string): GherkinDocument;
  /** Parses Markdown with Gherkin. @throws an error of the parser */
  parseMarkdown(text: string): GherkinDocument;
  /** The words for `Feature` and `Scenario` in a language, or undefined when it is unknown. */
  words(language: string): { readonly feature: string; readonly scenario: string } | undefined;
}

/**
 * Loads the parser of Gherkin, which few specifications need and which takes longer to load than most take to read.
 * @returns undefined when the text holds no Gherkin
 */
export async function gherkinFor(text: string, file: string): Promise<Gherkin | undefined> {
  return isFeature(file) || /^[ \t>]*(?:```|~~~)[`~]* ?(?:gherkin|cucumber|feature)\b/im.test(text)
    ? loadGherkin()
    : undefined;
}

/** Whether the name of a file says that it is Markdown with Gherkin. */
export function isFeature(file: string): boolean {
  return file.toLowerCase().endsWith(".feature.md");
}

/** Loads the parser of Gherkin. */
export async function loadGherkin(): Promise<Gherkin> {
  const { AstBuilder, dialects, GherkinClassicTokenMatcher, GherkinInMarkdownTokenMatcher, Parser } =
    await import("@cucumber/gherkin");
  const builder = (): InstanceType<typeof AstBuilder> => new AstBuilder(() => "");
  return {
    parse: (text) => new Parser(builder(), new GherkinClassicTokenMatcher()).parse(text),
    parseMarkdown: (text) => new Parser(builder(), new GherkinInMarkdownTokenMatcher()).parse(text),
    words: (language) => {
      const dialect = Object.hasOwn(dialects, language) ? dialects[language] : undefined;
      const [feature, scenario] = [dialect?.feature[0], dialect?.scenario[0]];
      return feature === undefined || scenario === undefined ? undefined : { feature, scenario };
    },
  };
}
