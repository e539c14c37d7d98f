import { configJsonSchema } from "../packages/core/src/config/index.ts";

/**
 * Every file that is made from the source and kept in the repository: its path relative to the root, and its text.
 * `npm run generate` writes them; a test compares them with what is there.
 */
export function generatedFiles(): ReadonlyMap<string, string> {
  return new Map([["packages/core/schema.json", `${JSON.stringify(configJsonSchema(), undefined, 2)}\n`]]);
}
