import type { SpecRequirement } from "@towpath/core";

/** All that a requirement says: title, text and criteria. */
export function wordsOf({ title, text, criteria }: SpecRequirement): string {
  return [title, text, ...criteria.map((criterion) => criterion.text)].join("\n");
}

/**
 * Where a text names something of the API: as code (`put`), as a call (put( …), or as a member (Shelf.put). A name with
 * a capital or an underscore inside is no word of prose, so that it counts as it stands.
 * @param owner the class, for a member
 * @param bare whether every name counts as it stands; what reads specifications may have taken the marks of code away
 * @returns the place, or -1
 */
export function mentionOf(text: string, name: string, owner?: string, bare = false): number {
  const plain = escape(name);
  const isCode = bare || /[A-Z_]/.test(name);
  const forms = [
    `\`(?:[\\w.]+\\.)?${plain}(?:\\([^\`]*)?\``,
    `(?<![\\w])${plain}\\(`,
    ...(owner === undefined ? [] : [`(?<![\\w.])${escape(owner)}\\.${plain}(?!\\w)`]),
    ...(isCode ? [`(?<![\\w.-])${plain}(?![\\w-])`] : []),
  ];
  return text.search(new RegExp(forms.join("|"), "u"));
}

/** Ids of the requirements that name something of the API. */
export function requirementsNaming(
  requirements: readonly SpecRequirement[],
  name: string,
  owner?: string,
): readonly string[] {
  return requirements.filter((one) => mentionOf(wordsOf(one), name, owner) >= 0).map(({ id }) => id);
}

function escape(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/-]/g, "\\$&");
}
