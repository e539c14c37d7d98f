import { catalogue, type CatalogueEntry } from "../packages/core/src/catalogue.ts";
import { configJsonSchema } from "../packages/core/src/config/index.ts";

/**
 * Every file that is made from the source and kept in the repository: its path relative to the root, and its text.
 * `npm run generate` writes them; a test compares them with what is there.
 */
export function generatedFiles(): ReadonlyMap<string, string> {
  const codes = Object.entries<CatalogueEntry>(catalogue);
  return new Map([
    ["packages/core/schema.json", `${JSON.stringify(configJsonSchema(), undefined, 2)}\n`],
    ["docs/errors/README.md", errorIndex(codes)],
    ...codes.map(([code, entry]): [string, string] => [`docs/errors/${code}.md`, errorPage(code, entry)]),
  ]);
}

function errorPage(code: string, { title, why, fix }: CatalogueEntry): string {
  return `# ${code}: ${title}\n\n**Why.** ${why}\n\n**What to do.**\n\n${fix.map((line) => `- ${line}`).join("\n")}\n`;
}

function errorIndex(codes: readonly (readonly [string, CatalogueEntry])[]): string {
  const rows = codes.map(([code, { title }]) => `| [${code}](${code}.md) | ${title} |`);
  return `# Error codes\n\n\`towpath explain <code>\` prints the same.\n\n| code | what happened |\n|---|---|\n${rows.join("\n")}\n`;
}
