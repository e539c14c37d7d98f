import type { SpecDoc } from "@towpath/core";

/** What a component's specification gives to ask about. */
export interface Subject {
  readonly requirements: readonly { readonly id: string; readonly title: string; readonly text: string }[];
  /** Names of the API: `Shelf.put`. */
  readonly names: readonly string[];
}

const mostText = 400;

/** Reads from a specification what can be asked about. */
export function subjectOf(spec: SpecDoc): Subject {
  return {
    requirements: spec.requirements.map(({ id, title, text, criteria }) => ({
      id,
      title,
      text: [text, ...criteria.map((criterion) => criterion.text)].join(" ").trim().slice(0, mostText),
    })),
    names: [...new Set(spec.apiBlocks.flatMap(({ text }) => namesIn(text)))],
  };
}

/** Ids of the requirements that speak of a word, in their order. */
export function idsThatSay({ requirements }: Subject, word: string): readonly string[] {
  return requirements
    .filter(({ title, text }) => `${title} ${text}`.split(/[^\p{L}\p{N}_-]+/u).includes(word))
    .map(({ id }) => id);
}

/** Classes, functions and methods that a block of an API writes down. */
function namesIn(block: string): readonly string[] {
  const scopes: { readonly indent: number; readonly name: string }[] = [];
  return block.split("\n").flatMap((line) => {
    const [, blanks = "", name] =
      /^([ \t]*)(?:async[ \t]+def|def|class)[ \t]+([A-Za-z_]\w*)/.exec(line) ?? [];
    if (name === undefined) return [];
    while ((scopes.at(-1)?.indent ?? -1) >= blanks.length) scopes.pop();
    const outer = scopes.at(-1)?.name;
    const whole = outer === undefined ? name : `${outer}.${name}`;
    scopes.push({ indent: blanks.length, name: whole });
    return [whole];
  });
}
