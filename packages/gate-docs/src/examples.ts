import type { GateContext } from "@towpath/core";
import { readDocument } from "./documents.ts";

/** How many files are looked into. */
const maxFiles = 200;

/** The files of `examples` that import the component; those about other components are none of its. */
export async function importingExamples(
  { workspace }: GateContext,
  files: readonly string[],
  names: ReadonlySet<string>,
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const file of files.slice(0, maxFiles)) {
    if (importsAny(await readDocument(workspace.root, file), names)) found.push(file);
  }
  return found;
}

function importsAny(text: string, names: ReadonlySet<string>): boolean {
  return text
    .split("\n")
    .filter((line) => /^\s*(?:from|import)\s/.test(line))
    .some((line) => line.split(/[^\w]+/).some((word) => names.has(word)));
}
