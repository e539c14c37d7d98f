import type { Source } from "./source.ts";

const longestName = 64;

/**
 * The names of functions that an expression calls, without what they are called on.
 * @example calledNames("shelf.count('a')") // ["count"]
 */
export function calledNames(expression: string): readonly string[] {
  return Array.from(expression.matchAll(/\b([A-Za-z_]\w{0,63})\(/g), ([, name = ""]) => name);
}

/**
 * Which requirements speak of a function: as `name(…)`, or in code as `name` or `shelf.name`.
 * @param ownerOf the requirement that a line belongs to
 */
export function namesSpokenOf(
  { lines }: Source,
  ownerOf: (line: number) => string | undefined,
): ReadonlyMap<string, ReadonlySet<string>> {
  const names = new Map<string, Set<string>>();
  let fence = "";
  lines.forEach((line, index) => {
    const mark = /^ {0,12}(`{3,}|~{3,})/.exec(line)?.[1] ?? "";
    if (fence === "") fence = mark;
    else if (line.trim() === fence) fence = "";
    const id = ownerOf(index + 1);
    if (id === undefined || fence !== "") return;
    for (const name of namesIn(line)) {
      const ids = names.get(name) ?? new Set();
      names.set(name, ids.add(id));
    }
  });
  return names;
}

function namesIn(line: string): readonly string[] {
  const code = line.split("`").filter((_, index) => index % 2 === 1);
  const bare = code.flatMap((text) => {
    const name = text.slice(text.lastIndexOf(".") + 1);
    return text.length <= 2 * longestName && /^[A-Za-z_]\w{0,63}$/.test(name) ? [name] : [];
  });
  return [...bare, ...calledNames(line)];
}
