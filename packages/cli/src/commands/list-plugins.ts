import { cleanStrings } from "../clean-strings.ts";
import { bundledPlugins } from "../bundled-plugins.ts";
import type { GlobalOptions } from "../global-options.ts";
import { printDocument } from "../print-document.ts";
import { withProject, type Project } from "../project.ts";
import { columns } from "./columns.ts";

/** `towpath plugins list`: the configured plugins and where they come from, then those that come with the CLI unused. */
export function listPlugins(options: GlobalOptions): Promise<number> {
  return withProject(options, async (project) => print(project, options));
}

function print({ plugins, kernel }: Project, options: GlobalOptions): number {
  const used = plugins.map((plugin) => ({
    ...plugin,
    gates: [...kernel.gates.values()]
      .filter((item) => item.plugin === plugin.name)
      .map(({ gate }) => gate.name),
  }));
  const unused = [...bundledPlugins.keys()].filter((name) => !plugins.some((plugin) => plugin.name === name));
  if (printDocument(options.reporter, "plugins", { plugins: used, unused })) return 0;
  const rows = cleanStrings(used).map((plugin) => [
    plugin.name,
    plugin.version ?? "",
    plugin.via,
    plugin.gates.join(", "),
  ]);
  process.stdout.write(columns(["plugin", "version", "from", "gates"], rows));
  if (unused.length > 0) process.stdout.write(`\nnot configured: ${unused.join(", ")}\n`);
  return 0;
}
