import { configJsonSchema } from "@towpath/core/config";
import type { GlobalOptions } from "../global-options.ts";
import { cleanStrings } from "../clean-strings.ts";
import { printDocument } from "../print-document.ts";
import { findConfig } from "../find-config.ts";
import { withProject } from "../project.ts";

/** `towpath config validate`: reads the configuration and sets its plugins up, options included. */
export function validateConfig(options: GlobalOptions): Promise<number> {
  return withProject(options, async ({ loaded, config, kernel }) => {
    const plugins = config.plugins.length;
    const components = Object.keys(config.components).length;
    const counts = { plugins, gates: kernel.gates.size, components };
    if (!printDocument(options.reporter, "validation", { file: loaded.path, valid: true, ...counts })) {
      process.stdout.write(
        `${loaded.file} is valid: ${plugins} plugins, ${counts.gates} gates, ${components} components\n`,
      );
    }
    return 0;
  });
}

/** `towpath config show`: the configuration as it is understood, with the place of every setting. */
export async function showConfig(options: GlobalOptions): Promise<number> {
  const loaded = await findConfig(options);
  if (printDocument(options.reporter, "config", { file: loaded.path, config: loaded.raw })) return 0;
  const config = await withProject(options, async (project) => project.config);
  const lines = settings(
    { components: config.components, stages: config.stages, gates: config.gates, plugins: config.plugins },
    [],
  );
  const rows = lines.map(
    ({ path, value }) => `${path.join(".")} = ${value}   ${loaded.setAt(path) ?? loaded.file}`,
  );
  process.stdout.write(`${cleanStrings(rows).join("\n")}\n`);
  return 0;
}

/** `towpath config schema`: the JSON Schema of the configuration file. */
export function showSchema(): number {
  process.stdout.write(`${JSON.stringify(configJsonSchema(), undefined, 2)}\n`);
  return 0;
}

interface Setting {
  readonly path: readonly (string | number)[];
  readonly value: string;
}

function settings(value: unknown, path: readonly (string | number)[]): readonly Setting[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => settings(item, [...path, index]));
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).flatMap(([key, item]) => settings(item, [...path, key]));
  }
  return [{ path, value: JSON.stringify(value) }];
}
