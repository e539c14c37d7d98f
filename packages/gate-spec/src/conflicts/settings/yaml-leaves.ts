import { parseYaml } from "@towpath/core/config";

/** A number of a YAML or JSON file. */
export interface Leaf {
  /** The keys from the outermost in; positions of lists are left out. */
  readonly path: readonly string[];
  readonly value: number;
  readonly line: number;
  readonly column: number;
}

/** Numbers of one file that are looked at. */
const mostLeaves = 2_000;

/**
 * The numbers of a YAML or JSON text, also those written as `70%`, with their lines.
 * @throws {TowpathError} TP1202 when the text is no YAML
 */
export function yamlLeaves(text: string, file: string): readonly Leaf[] {
  const { value, position } = parseYaml(text, file);
  const leaves: Leaf[] = [];
  const open: { readonly value: unknown; readonly path: readonly (string | number)[] }[] = [
    { value, path: [] },
  ];
  for (let each = open.pop(); each !== undefined && leaves.length < mostLeaves; each = open.pop()) {
    const number = numberOf(each.value);
    if (number !== undefined) {
      const { line, column } = position(each.path) ?? { line: 1, column: 1 };
      leaves.push({ path: each.path.filter((key) => typeof key === "string"), value: number, line, column });
    } else if (Array.isArray(each.value)) {
      const { path } = each;
      each.value.forEach((inner: unknown, index) => open.push({ value: inner, path: [...path, index] }));
    } else if (typeof each.value === "object" && each.value !== null) {
      for (const [key, inner] of Object.entries(each.value))
        open.push({ value: inner, path: [...each.path, key] });
    }
  }
  return leaves.toSorted((a, b) => a.line - b.line || a.column - b.column);
}

function numberOf(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  const written = typeof value === "string" ? /^(\d{1,9}(?:\.\d{1,6})?) ?%?$/.exec(value)?.[1] : undefined;
  return written === undefined ? undefined : Number(written);
}
