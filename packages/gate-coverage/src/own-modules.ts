/**
 * The names under which the component's source might be imported: each part of its paths, dotted.
 * @param source paths relative to the repository root
 * @example ownModules(["src/foo"]) // Set { "src", "src.foo", "foo" }
 */
export function ownModules(source: readonly string[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const path of source) {
    const parts = path
      .replace(/\.py$/, "")
      .split("/")
      .filter((part) => part !== "" && part !== ".");
    for (let from = 0; from < parts.length; from += 1) {
      for (let to = from + 1; to <= parts.length; to += 1) names.add(parts.slice(from, to).join("."));
    }
  }
  return names;
}

/** The module that an error's text says is not there, if it says so last. */
export function missingModule(text: string): string | undefined {
  return [...text.matchAll(/ModuleNotFoundError: No module named '([^']+)'/g)].at(-1)?.[1];
}
