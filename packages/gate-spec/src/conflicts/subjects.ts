import type { Party } from "./conflict.ts";
import { normal } from "./normal.ts";

const self: ReadonlySet<string> = new Set([
  "system",
  "component",
  "service",
  "application",
  "module",
  "software",
  "",
]);

/**
 * Tells who a statement is about. The component may be called by its name, by the title of its document, or "the
 * system"; all these are the empty subject.
 */
export function subjectsOf({ owner, doc }: Party): (subject: string) => string {
  const [title] = doc.sections;
  const own = new Set([owner.replaceAll(/[_-]/g, " "), title?.depth === 1 ? title.title : ""].map(normal));
  return (subject) => {
    const words = normal(subject);
    return self.has(words) || own.has(words) ? "" : words;
  };
}
