import type { ClassDefinition } from "./definitions.ts";
import { isClass, type Located, type SourceIndex } from "./source-index.ts";

/** Where the members of a class come from. */
export interface Lineage {
  /** The class, then its bases within the source, nearest first. */
  readonly levels: readonly Located<ClassDefinition>[];
  /** Names of bases outside the source, whose members are not known. */
  readonly unknown: readonly string[];
}

/** Bases that bring no methods a specification would name. */
const bareBases: ReadonlySet<string> = new Set(["object", "ABC", "Protocol", "Generic"]);

/** Follows the bases of a class through the source. */
export function lineage(of: Located<ClassDefinition>, index: SourceIndex): Lineage {
  const levels = [of];
  const unknown: string[] = [];
  const seen = new Set([of.definition]);
  for (let at = 0; at < levels.length; at++) {
    for (const base of levels[at]?.definition.bases ?? []) {
      if (bareBases.has(base)) continue;
      const classes = index.find(base).filter(isClass);
      if (classes.length === 0) unknown.push(base);
      for (const each of classes) {
        if (seen.has(each.definition)) continue;
        seen.add(each.definition);
        levels.push(each);
      }
    }
  }
  return { levels, unknown };
}

/** The definitions of a member in the nearest class that has any. */
export function membersCalled(name: string, levels: Lineage["levels"]): readonly Located[] {
  for (const { file, definition } of levels) {
    const found = definition.members.filter((member) => member.name === name);
    if (found.length > 0) return found.map((member) => ({ file, definition: member }));
  }
  return [];
}
