import type { ClassDefinition, Definition } from "./definitions.ts";

/** A definition with the file that holds it. */
export interface Located<D extends Definition = Definition> {
  readonly file: string;
  readonly definition: D;
}

/** Finds the top-level definitions of the source by name. */
export interface SourceIndex {
  /** What a name stands for, imports within the source followed; what cannot be followed stays an import. */
  find(name: string): readonly Located[];
}

/** Indexes the definitions of source files, in the order of the files. */
export function indexSource(
  files: readonly { readonly file: string; readonly definitions: readonly Definition[] }[],
): SourceIndex {
  const byName = new Map<string, Located[]>();
  for (const { file, definitions } of files) {
    for (const definition of definitions) {
      const known = byName.get(definition.name);
      if (known === undefined) byName.set(definition.name, [{ file, definition }]);
      else known.push({ file, definition });
    }
  }
  const find = (name: string, seen: ReadonlySet<string> = new Set()): readonly Located[] => {
    const all = byName.get(name) ?? [];
    const own = all.filter(({ definition }) => definition.type !== "import");
    if (own.length > 0 || seen.has(name)) return own.length > 0 ? own : all;
    const followed = all.flatMap(({ definition }) =>
      definition.type === "import" && definition.of !== name
        ? find(definition.of, new Set([...seen, name]))
        : [],
    );
    return followed.length > 0 ? followed : all;
  };
  return { find: (name) => find(name) };
}

/** Whether a located definition is a class. */
export function isClass(located: Located): located is Located<ClassDefinition> {
  return located.definition.type === "class";
}
